/**
 * Prints what decrypt.ts found, after its tasks are finished: `deno run -A print_results.ts [JUGDIR]`.
 *
 * @module
 */
import { init, value } from "jug";
import type * as jugfile from "./decrypt.ts";

const { solutions } = await init<typeof jugfile>(new URL("decrypt.ts", import.meta.url).href, Deno.args[0]);
for (const { key, text } of await value(solutions)) console.log(`${text}\n\n    The key was "${key}"`);
