/**
 * Whose results are stored, told by the results themselves: of what a jugfile does not declare, nothing else knows the name.
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { readMeta } from "../core/record.ts";

/** How much is read at a time, in bytes, as far as the sizes of those before can tell. */
const READ_BYTES = 8 * 1024 * 1024;

/** The names of the tasks whose results these are; one that is gone or cannot be read has none. */
export async function resultNames(backend: Backend, hashes: readonly Hash[]): Promise<Map<Hash, string>> {
  const names = new Map<Hash, string>();
  // How large a result is shows only when it is read, so this begins with one.
  let reach = 1;
  for (let start = 0; start < hashes.length;) {
    const asked = hashes.slice(start, start + reach);
    start += asked.length;
    let largest = 1;
    for (const [i, bytes] of (await backend.load(asked)).entries()) {
      const hash = asked[i];
      if (hash === undefined || bytes === undefined) continue;
      largest = Math.max(largest, bytes.length);
      const meta = readMeta(bytes);
      if (meta !== undefined) names.set(hash, meta.name);
    }
    reach = Math.max(1, Math.min(2 * reach, backend.batchSize, Math.floor(READ_BYTES / largest)));
  }
  return names;
}
