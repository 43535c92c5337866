/**
 * Stores a large typed array as a task's result, or reads it, and prints the milliseconds and the memory in MB that this
 * took. Arguments: `write` or `read`, the jugdir, and the length of the array.
 *
 * @module
 */
import { execute, registerHook, setJugdir, TaskGenerator, value } from "../../mod.ts";
import { memoryOf } from "../processes.ts";
import { numbers } from "./numbers.ts";

const [mode, jugdir = "", length] = [Deno.args[0], Deno.args[1], Number(Deno.args[2])];
const before = memoryOf("self", "VmRSS");
let start = 0;
let elapsed = NaN;

const large = TaskGenerator(function large(length: number): Float64Array<ArrayBuffer> {
  const array = numbers(length);
  start = performance.now();
  return array;
});

const task = large(length);
setJugdir(jugdir);
if (mode === "write") {
  registerHook("execute.task-executed1", () => {
    elapsed = performance.now() - start;
  });
  await execute();
} else {
  start = performance.now();
  const array = await value(task);
  elapsed = performance.now() - start;
  if (array.length !== length) throw new Error(`the array has ${array.length} numbers instead of ${length}`);
}
console.log(elapsed, memoryOf("self", "VmHWM") - before);
