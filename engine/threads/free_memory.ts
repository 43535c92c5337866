/**
 * Measures how much memory is left.
 *
 * @module
 */
import process from "node:process";

/**
 * Returns how many bytes this process may still allocate: what the machine has free, or less if a container or a batch
 * job limits the process. Returns 0 without the permission to ask (`--allow-sys=systemMemoryInfo`).
 */
export function freeMemory(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return 0;
  // Older versions of Deno lack `constrainedMemory`. Without a limit it returns more than any machine has.
  const limit = process.constrainedMemory?.() ?? Infinity;
  return Math.min(Deno.systemMemoryInfo().available, limit > 0 ? limit - Deno.memoryUsage().rss : Infinity);
}
