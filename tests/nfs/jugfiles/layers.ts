/**
 * Layers of tasks. Each task needs two tasks of the previous layer, and one more task needs the whole last layer.
 *
 * Arguments: number of layers, tasks per layer, milliseconds per task, folder for notes.
 *
 * @module
 */
import { args, type Task, TaskGenerator } from "jug";
import { pause, witness } from "./witness.ts";

const [layers = 1, width = 1, taskMs = 0] = args.slice(0, 3).map(Number);
const notes = args[3] ?? "";

const node = TaskGenerator(async function node(layer: number, place: number, above: number[]): Promise<number> {
  const note = witness(notes);
  note("begin", `${layer}.${place}`);
  await pause(taskMs);
  note("end", `${layer}.${place}`);
  return above.reduce((one, other) => one * 31 + other, layer * 1009 + place * 17) % 1_000_003;
});

let row: Task<number>[] = Array.from({ length: width }, (_, place) => node(0, place, []));
for (let layer = 1; layer < layers; layer++) {
  const above = row;
  row = above.map((one, place) => node(layer, place, [one, above[(place + 1) % width] ?? one]));
}

/** The task that depends on all others. */
export const total: Task<number> = node(layers, 0, row);
