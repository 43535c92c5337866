/**
 * A jugfile of tasks that do nothing. The first argument sets their number.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const noop = TaskGenerator(function noop(n: number): number {
  return n;
});

for (let n = 0; n < Number(args[0]); n++) noop(n);
