/**
 * A jugfile of tasks that compute. The first argument sets their number.
 *
 * @module
 */
import { args, TaskGenerator } from "../mod.ts";

/** Takes about 50 ms of a core. */
function compute(seed: number): number {
  let x = seed + 1;
  for (let i = 0; i < 40_000_000; i++) {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  }
  return x;
}

if (Deno.args[0] === "alone") { for (let n = 0; n < 60; n++) compute(n); }
else Array.from({ length: Number(args[0] ?? 200) }, (_, n) => n).map(TaskGenerator(compute));
