/**
 * Which numbers up to a hundred are prime? 99 tasks that sleep a second each, so that there is something to watch.
 *
 * The first argument is another delay in milliseconds: `jug execute examples/primes.ts 20`.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const delayMs = Number(args[0] ?? 1000);

const isPrime = TaskGenerator(async function isPrime(n: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false;
  }
  return true;
});

/** One task for each number from 2 to 100. */
export const primes100 = Array.from({ length: 99 }, (_, index) => index + 2).map((n) => isPrime(n));
