/**
 * Layers of tasks, each of which needs ten of the layer before. Arguments: how many layers, and how many tasks in each.
 *
 * @module
 */
import { args, type Task, TaskGenerator } from "jug";

const NEEDED = 10;

const mix = TaskGenerator(function mix(n: number, before: readonly number[]): number {
  return before.reduce((a, b) => a + b, n) % 1_000_003;
});

const [layers, width] = [Number(args[0]), Number(args[1])];
let last: readonly Task<number>[] = [];
for (let layer = 0; layer < layers; layer++) {
  const before = last;
  last = Array.from({ length: width }, (_, n) => {
    // Neighbours in a ring, far enough apart that each task is needed by ten of the next layer.
    const needed = before.length === 0 ? [] : Array.from({ length: NEEDED }, (_, k) => (n * 7 + k * 13) % width);
    return mix(layer * width + n, needed.flatMap((index) => before[index] ?? []));
  });
}
