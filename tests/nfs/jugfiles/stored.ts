/**
 * Many short tasks that need nothing. What is noted is not that they ran, but that their results count.
 *
 * Arguments: number of tasks, folder for notes.
 *
 * @module
 */
import { args, registerHook, TaskGenerator } from "jug";
import { witness } from "./witness.ts";

const count = Number(args[0]);
const note = witness(args[1] ?? "");

const power = TaskGenerator(function power(n: number): string {
  return String(n ** 7).repeat(1 + n % 50);
});

for (let n = 0; n < count; n++) power(n);

registerHook("execute.task-executed1", (task) => note("end", task.hash));
