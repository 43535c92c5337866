/**
 * Writes a large typed array to a file, or reads it, and prints the milliseconds and the memory in MB that this took.
 * Arguments: `write` or `read`, the file, and the length of the array.
 *
 * @module
 */
import { memoryOf } from "../processes.ts";
import { numbers } from "./numbers.ts";

const [mode, file = "", length] = [Deno.args[0], Deno.args[1] ?? "", Number(Deno.args[2])];
const before = memoryOf("self", "VmRSS");
const array = mode === "write" ? new Uint8Array(numbers(length).buffer) : undefined;
const start = performance.now();
if (array === undefined) Deno.readFileSync(file);
else Deno.writeFileSync(file, array);
console.log(performance.now() - start, memoryOf("self", "VmHWM") - before);
