/**
 * As many tasks as the first argument says, which do nothing.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const same = TaskGenerator(function same(n: number) {
  return n;
});

for (let n = 0; n < Number(args[0]); n++) same(n);
