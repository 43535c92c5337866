/**
 * Encoded records, as stores of any format hold them.
 *
 * @module
 */
import { encodeRecord, type RecordMeta, type RecordType } from "../../core/value/record.ts";

/** Returns the record of a result or failure with this metadata. */
export function recordOf(value: unknown, meta: RecordMeta, type: RecordType = "result"): Uint8Array<ArrayBuffer> {
  return encodeRecord({ type, value, meta, label: meta.name });
}
