/**
 * Copies results from one backend to another.
 *
 * @module
 */
import type { Backend, Completion } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { checkRecord } from "../core/record.ts";

/** What was done so far. */
export interface CopyProgress {
  /** Results that were written. */
  readonly copied: number;
  /** Results that were there already, with the same bytes. */
  readonly present: number;
  /** Results that the target has with other bytes. They stay as they are. */
  readonly differing: readonly Hash[];
  /** Results that are damaged in the source. They are left out. */
  readonly damaged: readonly Hash[];
}

/** Bytes that are in memory at a time, where results are of like size. */
const BATCH_BYTES = 8 * 1024 * 1024;
const FIRST_BATCH = 16;
const MAX_BATCH = 512;

function areEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * Copies every result of `from` that `to` has not, and compares all of them byte by byte as they are read back. Nothing is
 * removed. Called again after an interruption, it goes on where it ended.
 */
export async function copyResults(
  from: Backend,
  to: Backend,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopyProgress> {
  const progress = { copied: 0, present: 0, differing: [] as Hash[], damaged: [] as Hash[] };
  const seen = new Set<Hash>();
  let size = FIRST_BATCH;

  async function copyBatch(hashes: readonly Hash[]): Promise<void> {
    const sources = new Map<Hash, Uint8Array>();
    for (const [i, bytes] of (await from.load(hashes)).entries()) {
      const hash = hashes[i];
      // One that was removed since it was listed is none of ours.
      if (hash === undefined || bytes === undefined) continue;
      if (checkRecord(bytes).kind === "valid") sources.set(hash, bytes);
      else progress.damaged.push(hash);
    }
    const found = await to.has([...sources.keys()]);
    const missing: Completion[] = [];
    let total = 0;
    for (const [hash, bytes] of sources) {
      total += bytes.length;
      if (!found.has(hash)) missing.push({ hash, bytes, lock: undefined });
    }
    if (missing.length > 0) await to.complete(missing);
    const copies = await to.load([...sources.keys()]);
    for (const [i, [hash, bytes]] of [...sources].entries()) {
      if (!areEqual(bytes, copies[i])) progress.differing.push(hash);
      else if (found.has(hash)) progress.present++;
      else progress.copied++;
    }
    const mean = total / Math.max(1, sources.size);
    size = Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / Math.max(1, mean))));
    onProgress(progress);
  }

  for await (const batch of from.list()) {
    const fresh = batch.filter((hash) => !seen.has(hash));
    for (const hash of fresh) seen.add(hash);
    while (fresh.length > 0) await copyBatch(fresh.splice(0, size));
  }
  return progress;
}
