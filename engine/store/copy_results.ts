/**
 * Copies results from one backend to another.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { areEqual } from "../../backends/bytes.ts";
import { codesOf } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { checkRecord } from "../../core/value/record.ts";

/** What was done so far. */
export interface CopyProgress {
  /** Results that were written. */
  readonly copied: number;
  /** Results that were there already, with the same bytes. */
  readonly present: number;
  /** Results that were damaged in the target, and are whole there now. */
  readonly mended: number;
  /** Results that the target has with other bytes. They stay as they are. */
  readonly differing: readonly Hash[];
  /** Results that are damaged in the source. They are left out. */
  readonly damaged: readonly Hash[];
  /** Results that a newer jug wrote, in the source or in the target. They are left out, and stay as they are. */
  readonly newer: readonly Hash[];
  /** Results that the target did not give back as they were written. */
  readonly lost: readonly Hash[];
}

/** Bytes that are gathered before they are written. */
const BATCH_BYTES = 8 * 1024 * 1024;
const MAX_BATCH = 512;

/**
 * Copies every result of `from` that `to` has not or has damaged, and compares all of them byte by byte as they are read
 * back. Nothing else is removed. Called again after an interruption, it goes on where it ended.
 */
export async function copyResults(
  from: Backend,
  to: Backend,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopyProgress> {
  const differing: Hash[] = [];
  const damaged: Hash[] = [];
  const newer: Hash[] = [];
  const lost: Hash[] = [];
  const progress = { copied: 0, present: 0, mended: 0, differing, damaged, newer, lost };
  const seen = new Set<Hash>();
  const gathered = new Map<Hash, Uint8Array>();
  let gatheredBytes = 0;
  /** How many are read at a time. How large a result is shows only when it is read, so this begins with one. */
  let reach = 1;

  async function replaceDamaged(hash: Hash, bytes: Uint8Array, found: Uint8Array): Promise<void> {
    await to.discard(hash, found);
    await to.complete([{ hash, bytes, lock: undefined }]);
    const [copy] = await to.load([hash]);
    if (copy !== undefined && areEqual(bytes, copy)) progress.mended++;
    else lost.push(hash);
  }

  async function writeGathered(): Promise<void> {
    const hashes = [...gathered.keys()];
    const present = await to.has(hashes);
    const missing = [...gathered].filter(([hash]) => !present.has(hash));
    if (missing.length > 0) await to.complete(missing.map(([hash, bytes]) => ({ hash, bytes, lock: undefined })));
    const copies = await to.load(hashes);
    for (const [index, [hash, bytes]] of [...gathered].entries()) {
      const copy = copies[index];
      if (copy === undefined) lost.push(hash);
      else if (!areEqual(bytes, copy)) {
        const { kind } = checkRecord(copy);
        if (kind === "valid") differing.push(hash);
        else if (kind === "newer") newer.push(hash);
        else await replaceDamaged(hash, bytes, copy);
      } else if (present.has(hash)) progress.present++;
      else progress.copied++;
    }
    gathered.clear();
    gatheredBytes = 0;
    onProgress(progress);
  }

  async function gather(hashes: readonly Hash[]): Promise<void> {
    let largest = 1;
    for (const [index, bytes] of (await from.load(hashes)).entries()) {
      const hash = hashes[index];
      // One that was removed since it was listed is none of ours.
      if (hash === undefined || bytes === undefined) continue;
      largest = Math.max(largest, bytes.length);
      const { kind } = checkRecord(bytes);
      if (kind === "valid") {
        gathered.set(hash, bytes);
        gatheredBytes += bytes.length;
      } else if (kind === "newer") newer.push(hash);
      else damaged.push(hash);
    }
    // The next ones may be as large as the largest of these, or twice as many be small.
    reach = Math.max(1, Math.min(2 * reach, from.batchSize, Math.floor(BATCH_BYTES / largest)));
  }

  for await (const batch of from.list()) {
    const fresh = batch.filter((hash) => !seen.has(hash));
    for (const hash of fresh) seen.add(hash);
    while (fresh.length > 0) {
      await gather(fresh.splice(0, reach));
      if (gatheredBytes >= BATCH_BYTES || gathered.size >= MAX_BATCH) await writeGathered();
    }
  }
  await writeGathered();
  const codes = await codesOf(from).list();
  if (codes.length > 0) await codesOf(to).add(codes);
  return progress;
}
