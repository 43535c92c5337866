/**
 * Tasks that each need the one before. Argument: how many.
 *
 * @module
 */
import { args, type Task, TaskGenerator } from "jug";

const next = TaskGenerator(function next(n: number): number {
  return n + 1;
});

let last: Task<number> | number = 0;
for (let n = 0; n < Number(args[0]); n++) last = next(last);
