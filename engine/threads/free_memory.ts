/**
 * How much memory is left.
 *
 * @module
 */
import process from "node:process";

/**
 * How much this process may still take, in bytes: what the machine has free, or what a container or a batch job leaves
 * it. 0 where that may not be asked (`--allow-sys=systemMemoryInfo`).
 */
export function freeMemory(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return 0;
  // Older versions of Deno do not tell it. Where there is no limit, it is larger than any machine.
  const limit = process.constrainedMemory?.() ?? Infinity;
  return Math.min(Deno.systemMemoryInfo().available, limit > 0 ? limit - Deno.memoryUsage().rss : Infinity);
}
