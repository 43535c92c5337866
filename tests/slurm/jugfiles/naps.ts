/**
 * Tasks that sleep. Arguments: the folder for notes, how many tasks, how long each takes in milliseconds, and the same
 * as their declared duration, if they have one.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";
import { note, pause } from "../../jugfiles/witness.ts";

const [notes = "", count = "1", ms = "100", duration] = args;

const nap = TaskGenerator(async function nap(index: number): Promise<number> {
  note(notes, "begin", String(index));
  await pause(Number(ms));
  note(notes, "end", String(index));
  return index;
}, duration === undefined ? {} : { duration: Number(duration) });

/** All tasks. */
export const naps = Array.from({ length: Number(count) }, (_, index) => nap(index));
