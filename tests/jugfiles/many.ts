/**
 * Tasks that do nothing. The first argument sets their number.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const same = TaskGenerator(function same(n: number) {
  return n;
});

for (let n = 0; n < Number(args[0]); n++) same(n);
