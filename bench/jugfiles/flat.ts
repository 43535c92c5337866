/**
 * Tasks that do nothing. Arguments: how many, and the number of the first (default: 0).
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const same = TaskGenerator(function same(n: number): number {
  return n;
});

const [tasks, first] = [Number(args[0]), Number(args[1] ?? 0)];
for (let n = 0; n < tasks; n++) same(first + n);
