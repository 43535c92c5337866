/**
 * Many tasks that do nothing, and one of the same name that ends when the test allows it.
 *
 * Arguments: the folder for notes, number of tasks, index of the task that waits.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";
import { mayEnd, note, pause } from "./witness.ts";

const [notes = "", count = "0", waiting = "0"] = args;

const step = TaskGenerator(async function step(n: number): Promise<number> {
  if (n !== Number(waiting)) return n;
  note(notes, "begin", "straggler");
  while (!mayEnd(notes, "straggler")) await pause(10);
  return n;
});

for (let n = 0; n < Number(count); n++) step(n);
