/**
 * The WebAssembly module of resvg. A source phase import
 * (https://github.com/tc39/proposal-source-phase-imports) is loaded like any module: no permission is needed, and
 * `deno compile` includes the file. TypeScript does not know this syntax yet, so this file is JavaScript.
 *
 * @module
 */
// @ts-self-types="./resvg_module.d.ts"
import source resvg from "npm:@resvg/resvg-wasm@2/index_bg.wasm";

export { resvg };
