/**
 * Whether processes are there.
 *
 * @module
 */

/** Whether a process computes still; one that has ended and waits to be counted does not. Known where there is a /proc. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
