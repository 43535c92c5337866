/**
 * Finds damaged results.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { type CheckedRecord, checkRecord, type InvalidRecord, type NewerRecord } from "../../core/value/record.ts";

/**
 * Checks the stored bytes of the result of `hash`, without decoding the value. `invalid`: the record is damaged, or
 * belongs to another task. Records without a hash in their metadata count as their own.
 */
export function checkResult(hash: Hash, bytes: Uint8Array): CheckedRecord | InvalidRecord | NewerRecord {
  const record = checkRecord(bytes);
  if (record.kind !== "valid" || record.meta.hash === undefined || record.meta.hash === hash) return record;
  return { kind: "invalid", reason: "it is the result of another task" };
}
