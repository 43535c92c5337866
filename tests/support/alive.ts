/**
 * Checks whether processes are running.
 *
 * @module
 */

/** Whether a process still runs; a zombie does not. Works only on systems with /proc. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
