/**
 * Many tasks, one that needs all of them, and as many that need this one. Argument: how many.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const same = TaskGenerator(function same(n: number): number {
  return n;
});
const sum = TaskGenerator(function sum(all: readonly number[]): number {
  return all.reduce((a, b) => a + b, 0);
});
const plus = TaskGenerator(function plus(total: number, n: number): number {
  return total + n;
});

const numbers = Array.from({ length: Number(args[0]) }, (_, n) => n);
const total = sum(numbers.map((n) => same(n)));
for (const n of numbers) plus(total, n);
