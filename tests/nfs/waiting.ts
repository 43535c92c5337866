/**
 * Waiting for something that happens elsewhere: in a guest, or in a process that the test does not hold.
 *
 * @module
 */

/** How long anything may take before a check fails; the machine may be busy with other things. */
export const LIMIT_MS = 300_000;

/** Lets time pass, where it is time itself that matters. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `holds`, and throws if that takes too long. */
export async function until(what: string, holds: () => boolean, limitMs: number = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain for this: ${what}`);
    await pause(50);
  }
}
