/**
 * Waits for events elsewhere: in a guest, or in a process that the test did not start.
 *
 * @module
 */

/** The time after which a check fails. It is long because the machine may be busy. */
export const LIMIT_MS = 300_000;

/** Waits for `ms` milliseconds, for cases in which time itself matters. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `holds` returns true. Throws if that takes too long. */
export async function until(what: string, holds: () => boolean, limitMs: number = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain for this: ${what}`);
    await pause(50);
  }
}
