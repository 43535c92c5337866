/**
 * What stored results say of themselves, without their values.
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { readMeta, type RecordMeta } from "../core/record.ts";

/** How much is read at a time, in bytes, as far as the sizes of those before can tell. */
const READ_BYTES = 8 * 1024 * 1024;

/** Hands on the heads of these results one by one; one that is gone or cannot be read is left out. */
export async function* readHeads(
  backend: Backend,
  hashes: readonly Hash[],
): AsyncGenerator<{ readonly hash: Hash; readonly meta: RecordMeta }> {
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
      if (meta !== undefined) yield { hash, meta };
    }
    reach = Math.max(1, Math.min(2 * reach, 64, Math.floor(READ_BYTES / largest)));
  }
}
