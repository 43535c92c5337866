/**
 * Computes what the tasks of computing.ts compute, without jug. Arguments: the first, and the one after the last.
 *
 * @module
 */
import { millisecond } from "../jugfiles/millisecond.ts";

const [first, end] = [Number(Deno.args[0]), Number(Deno.args[1])];
for (let n = first; n < end; n++) millisecond(n);
