/**
 * Prints what text.ts found, after its tasks are finished: `deno run -A print_results.ts [JUGDIR]`.
 *
 * @module
 */
import { init, value } from "jug";
import type * as jugfile from "./text.ts";

const { members, words } = await init<typeof jugfile>(new URL("text.ts", import.meta.url).href, Deno.args[0]);
for (const [index, found] of (await value(words)).entries()) {
  console.log(`${members[index]}: ${found.slice(0, 8).join(" ")}`);
}
