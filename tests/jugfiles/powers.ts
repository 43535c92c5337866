/**
 * Powers of the numbers in its arguments, their sum behind a barrier, and other exports for tests of sessions.
 *
 * @module
 */
import { args, barrier, TaskGenerator, value } from "jug";

const [exponent = "2", ...numbers] = args;

const power = TaskGenerator(async function power(n: number, exponent: number): Promise<number> {
  if (n < 0) throw new RangeError(`${n} is negative`);
  if (n === 999) await new Promise(() => {});
  return n ** exponent;
});

/** One task per number. */
export const powers = numbers.map((n) => power(Number(n), Number(exponent)));
/** A value that cannot be sent between threads. */
export const helper = (n: number): number => n;
await barrier();
/** The sum of {@linkcode powers}. */
export const total = (await value(powers)).reduce((sum, n) => sum + n, 0);
