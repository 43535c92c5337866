/**
 * Reads what a run left in a jugdir.
 *
 * @module
 */
import type { LockEntry } from "../../../backends/backend.ts";
import { openBackend } from "../../../backends/open.ts";
import { decodeRecord } from "../../../core/value/record.ts";

/** Returns every result (its value, or why it is damaged) and every lock. */
export async function leftBehind(address: string): Promise<{ values: unknown[]; locks: LockEntry[] }> {
  const backend = await openBackend(address);
  try {
    const values: unknown[] = [];
    for await (const hashes of backend.list()) {
      for (const bytes of await backend.load(hashes)) {
        const record = bytes === undefined ? undefined : decodeRecord(bytes);
        values.push(record?.kind === "valid" ? record.value : record?.reason);
      }
    }
    const locks: LockEntry[] = [];
    for await (const entries of backend.listLocks()) locks.push(...entries);
    return { values, locks };
  } finally {
    await backend.close();
  }
}
