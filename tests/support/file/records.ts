/**
 * The records in a file jugdir, and where they are on the disk, for tests that damage them.
 *
 * @module
 */
import { openJugdir } from "../../../backends/file/jugdir.ts";
import { segmentFileName } from "../../../backends/file/segments/segment_name.ts";
import { openSegments } from "../../../backends/file/segments/segments.ts";
import { denoFileSystem, threadTimer } from "../../../backends/file/system/deno_file_system.ts";
import { claimToken } from "../../../backends/file/token.ts";
import type { Hash } from "../../../core/brand.ts";

/** The record of a result or a failure. */
export interface StoredRecord {
  readonly hash: Hash;
  /** The file that contains it: a segment, or a file of its own. */
  readonly path: string;
  /** Where it begins in that file, in bytes. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Returns the records that count in the jugdir at `root`, ordered by hash; none if it is missing. */
export function recordsIn(root: string, kind: "result" | "failure"): StoredRecord[] {
  const jugdir = openJugdir({
    address: root,
    root,
    files: denoFileSystem,
    clock: () => performance.now(),
    date: Date.now,
    timer: threadTimer,
    tag: "records",
  });
  const segments = openSegments(jugdir);
  try {
    segments.refresh();
    const { index } = segments;
    const hashes = kind === "result" ? index.results() : index.failures();
    return [...hashes].sort().flatMap((hash) => {
      const place = kind === "result" ? index.result(hash) : index.failure(hash);
      const name = place && segments.find(place.segment);
      const bytes = place && segments.read(kind, hash);
      if (place === undefined || bytes === undefined || typeof name !== "object") return [];
      const { hasOwnFile, origin, sequence, position } = place;
      if (hasOwnFile) {
        return {
          hash,
          path: jugdir.layout.result(hash, claimToken({ segment: origin, sequence })),
          position: 0,
          bytes,
        };
      }
      return { hash, path: `${jugdir.layout.segments}/${segmentFileName(name)}`, position, bytes };
    });
  } finally {
    segments.close();
  }
}

/** Overwrites the bytes of a record from `at` on, in place. */
export function overwrite({ path, position, bytes: { length } }: StoredRecord, at: number, bytes: Uint8Array): void {
  if (at + bytes.length > length) throw new RangeError(`the record has only ${length} bytes`);
  using file = Deno.openSync(path, { write: true });
  file.seekSync(position + at, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** Overwrites a record with zeros from `at` on, as if a block of the disk was lost. */
export function zero(record: StoredRecord, at = 0): void {
  overwrite(record, at, new Uint8Array(record.bytes.length - at));
}
