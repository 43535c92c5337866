/**
 * Tasks that compute for a millisecond. Argument: how many.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";
import { millisecond } from "./millisecond.ts";

const compute = TaskGenerator(millisecond);

for (let n = 0; n < Number(args[0]); n++) compute(n);
