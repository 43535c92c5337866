/**
 * Tasks that sleep. Arguments: the folder for notes, how many tasks, and how long each takes in milliseconds.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";
import { note, pause } from "../../jugfiles/witness.ts";

const [notes = "", count = "1", ms = "100"] = args;

const nap = TaskGenerator(async function nap(index: number): Promise<number> {
  note(notes, "begin", String(index));
  await pause(Number(ms));
  note(notes, "end", String(index));
  return index;
});

/** All tasks. */
export const naps = Array.from({ length: Number(count) }, (_, index) => nap(index));
