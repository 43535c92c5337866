/**
 * The type of resvg_module.js.
 *
 * @module
 */

/** The module, compiled but not instantiated. */
export declare const resvg: WebAssembly.Module;
