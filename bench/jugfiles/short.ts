/**
 * A few of very many tasks that do nothing, for a process that lives shortly. Arguments: the number of the first, how
 * many, and "dies" if the process is to kill itself in the middle.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const [first, tasks, dies] = [Number(args[0]), Number(args[1]), args[2] === "dies"];

const same = TaskGenerator(function same(n: number): number {
  if (dies && n === first + Math.floor(tasks / 2)) Deno.kill(Deno.pid, "SIGKILL");
  return n;
});

for (let n = 0; n < tasks; n++) same(first + n);
