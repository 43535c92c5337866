/**
 * Reads the metadata of stored results without their values.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { loadHeads } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { headLength, readMeta, recordLength, type RecordMeta } from "../../core/value/record.ts";

/** The metadata of one result. */
export interface ResultHead {
  readonly hash: Hash;
  readonly meta: RecordMeta;
  /** The length of the record, in bytes. */
  readonly size: number;
}

/** How many heads are loaded in one call. */
const HEADS = 256;
/** How many bytes are loaded at first. This is enough unless the task printed something. */
const HEAD_BYTES = 1024;

/** Yields the metadata of these results one by one. Results that are missing or unreadable are omitted. */
export async function* readHeads(backend: Backend, hashes: readonly Hash[]): AsyncGenerator<ResultHead> {
  for (let start = 0; start < hashes.length; start += HEADS) {
    const asked = hashes.slice(start, start + HEADS);
    for (const [i, bytes] of (await loadHeads(backend, asked, HEAD_BYTES)).entries()) {
      const hash = asked[i];
      if (hash === undefined || bytes === undefined) continue;
      const length = headLength(bytes) ?? 0;
      const [whole] = length <= bytes.length ? [bytes] : await loadHeads(backend, [hash], length);
      const meta = whole && readMeta(whole);
      const size = recordLength(bytes);
      if (meta !== undefined && size !== undefined) yield { hash, meta, size };
    }
  }
}
