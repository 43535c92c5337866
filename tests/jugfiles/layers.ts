/**
 * Layers of tasks. Each task needs three tasks of the previous layer.
 *
 * Arguments: number of layers, tasks per layer, longest task in milliseconds, folder for notes.
 *
 * @module
 */
import { args, type Task, TaskGenerator } from "jug";
import { note, pause } from "./witness.ts";

const [layers = "2", width = "2", longestMs = "0", notes = ""] = args;

interface Cell {
  readonly layer: number;
  readonly index: number;
  readonly sum: number;
}

const cell = TaskGenerator(async function cell(layer: number, index: number, above: Cell[]): Promise<Cell> {
  note(notes, "begin", `${layer}-${index}`);
  const ms = (index * 7 + layer * 3) % (Number(longestMs) + 1);
  if (ms > 0) await pause(ms);
  const sum = above.reduce((total, { sum }) => total + sum, layer * 31 + index * 17) % 1_000_003;
  return { layer, index, sum };
});

let above: Task<Cell>[] = [];
for (let layer = 0; layer < Number(layers); layer++) {
  const previous = above;
  above = Array.from({ length: Number(width) }, (_, index) => {
    const needed = [index, index + 1, index * 7].map((place) => previous[place % Number(width)]);
    return cell(layer, index, needed.filter((task) => task !== undefined));
  });
}

/** The tasks of the last layer. */
export const lowest = above;
