/**
 * Finds the lowest point of a function by a grid that becomes finer where it is lowest. What is computed next depends on
 * results, so there is a barrier in each round.
 *
 *     jug execute refine.ts
 *     jug value refine.ts lowest
 *
 * @module
 */
import { args, bvalue, TaskGenerator } from "jug";

const rounds = Number(args[0] ?? 4);

interface Point {
  readonly x: number;
  readonly y: number;
}

const measure = TaskGenerator(function measure(x: number): Point {
  return { x, y: (x - 1.234) ** 2 + Math.sin(5 * x) };
});

const pick = TaskGenerator(function pick(points: Point[]): Point {
  return points.reduce((best, point) => point.y < best.y ? point : best);
});

let center = 0;
let width = 4;
for (let round = 0; round < rounds; round++) {
  const points = Array.from({ length: 9 }, (_, i) => measure(center + (i - 4) / 4 * width));
  center = (await bvalue(pick(points))).x; // the barrier: the next round needs this result
  width /= 4;
}

/** Where the function is lowest. */
export const lowest = measure(center);
