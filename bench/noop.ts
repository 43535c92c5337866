/**
 * As many tasks as the first argument says, each doing nothing.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const noop = TaskGenerator(function noop(n: number): number {
  return n;
});

for (let n = 0; n < Number(args[0]); n++) noop(n);
