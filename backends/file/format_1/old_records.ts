/**
 * Reads the results and failures of a jugdir of format 1:
 *
 * ```
 * results/ab/<38 digits>     a result, under its hash
 * packs/<id>.pack            many small results
 * packs/<unique>.gone        results removed from packs: lines with the id of a pack and a hash
 * failures/<hash>            a failure: a line with the token of its lock, then the bytes
 * ```
 *
 * @module
 */
import { type Hash, isHash } from "../../../core/brand.ts";
import { type FileSystem, readText } from "../system/file_system.ts";
import { readPackIndex } from "./pack.ts";

/** A result or a failure. */
export interface OldRecord {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  /** The file that contains nothing else; `undefined` for a result in a pack. */
  readonly path: string | undefined;
}

/** The folders and files of format 1 that format 2 does not have. */
export const OLD_NAMES: readonly string[] = ["locks", "steals", "packs", "failures", "changes"];

const LINE_END = 0x0a;

/** Yields all results. Of a task that has several, all are the same. `onDamaged` is called for packs that cannot be read. */
export function* oldResults(
  files: FileSystem,
  root: string,
  onDamaged: (path: string) => void,
): Generator<OldRecord> {
  for (const part of files.names(`${root}/results`).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const rest of files.names(`${root}/results/${part}`)) {
      const hash = part + rest;
      const path = `${root}/results/${part}/${rest}`;
      const bytes = isHash(hash) ? files.read(path) : undefined;
      if (isHash(hash) && bytes !== undefined) yield { hash, bytes, path };
    }
  }
  const names = files.names(`${root}/packs`);
  const gone = new Set<string>();
  for (const name of names.filter((name) => name.endsWith(".gone"))) {
    for (const line of (readText(files, `${root}/packs/${name}`) ?? "").split("\n")) gone.add(line);
  }
  for (const name of names.filter((name) => name.endsWith(".pack"))) {
    yield* packedResults(files, `${root}/packs/${name}`, name.slice(0, -".pack".length), gone, onDamaged);
  }
}

function* packedResults(
  files: FileSystem,
  path: string,
  id: string,
  gone: ReadonlySet<string>,
  onDamaged: (path: string) => void,
): Generator<OldRecord> {
  using file = files.open(path, "read");
  const entries = readPackIndex(file);
  if (entries === undefined) return onDamaged(path);
  for (const { hash, offset, length } of entries) {
    if (!gone.has(`${id} ${hash}`)) yield { hash, bytes: file.read(offset, length), path: undefined };
  }
}

/** Yields all failures. */
export function* oldFailures(files: FileSystem, root: string): Generator<OldRecord> {
  for (const hash of files.names(`${root}/failures`).filter(isHash)) {
    const path = `${root}/failures/${hash}`;
    const bytes = files.read(path);
    if (bytes !== undefined) yield { hash, bytes: bytes.subarray(bytes.indexOf(LINE_END) + 1), path };
  }
}
