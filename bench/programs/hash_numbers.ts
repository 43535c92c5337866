/**
 * Declares a task with many numbers as its argument, and prints the milliseconds that this took: the first time in a
 * process, as in a jugfile. Arguments: `typed`, `array`, or `bytes` for SHA-256 alone; and how many.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { TaskGenerator } from "../../mod.ts";
import { numbers } from "./numbers.ts";

const [mode, length] = [Deno.args[0], Number(Deno.args[1])];

const size = TaskGenerator(function size(list: ArrayLike<number>): number {
  return list.length;
});

const typed = numbers(length);
const argument = mode === "array" ? [...typed] : typed;
const start = performance.now();
if (mode === "bytes") createHash("sha256").update(typed).digest();
else size(argument);
console.log(performance.now() - start);
