/**
 * Copies results from one backend to another.
 *
 * @module
 */
import { type Encoded, runInfo } from "./run_info.ts";
import type { Backend, CodeEntry } from "../../backends/backend.ts";
import { areEqual } from "../../backends/bytes.ts";
import { codesOf, keepsSources, loadTexts } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { checkRecord } from "../../core/value/record.ts";
import { readModules } from "../sources/stored_sources.ts";
import { readEntry } from "./code_table.ts";

/** The progress of copying. */
export interface CopyProgress {
  /** The number of results that were written. */
  readonly copied: number;
  /** The number of results that the target already had, with the same bytes. */
  readonly present: number;
  /** The number of results that were damaged in the target and have been replaced. */
  readonly mended: number;
  /** Results that the target has with different bytes. They are not changed. */
  readonly differing: readonly Hash[];
  /** Results that are damaged in the source. They are not copied. */
  readonly damaged: readonly Hash[];
  /** Results that a newer jug wrote, in the source or in the target. They are neither copied nor changed. */
  readonly newer: readonly Hash[];
  /**
   * Results that the target did not return after they were written, or returned with other bytes after the replacement
   * of a damaged one.
   */
  readonly lost: readonly Hash[];
}

/** How many bytes are gathered before they are written. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** How many results are gathered before they are written. */
const MAX_BATCH = 512;

/**
 * Copies every result of `from` that is missing or damaged in `to`, then reads all of them back and compares them byte
 * by byte. Also copies the table of texts of functions and modules. Removes nothing but damaged results. After an interruption, another
 * call copies what is still missing.
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
  const gathered = new Map<Hash, Encoded>();
  let gatheredBytes = 0;
  /** How many results are read at a time. Their size is unknown until they are read, so this starts at one. */
  let reach = 1;

  async function replaceDamaged(hash: Hash, encoded: Encoded, found: Uint8Array): Promise<void> {
    await to.discard(hash, found);
    await to.complete([{ hash, ...encoded, lock: undefined }]);
    const [copy] = await to.load([hash]);
    if (copy !== undefined && areEqual(encoded.bytes, copy)) progress.mended++;
    else lost.push(hash);
  }

  async function writeGathered(): Promise<void> {
    const hashes = [...gathered.keys()];
    const present = await to.has(hashes);
    const missing = [...gathered].filter(([hash]) => !present.has(hash));
    if (missing.length > 0) {
      await to.complete(missing.map(([hash, encoded]) => ({ hash, ...encoded, lock: undefined })));
    }
    const copies = await to.load(hashes);
    for (const [index, [hash, encoded]] of [...gathered].entries()) {
      const copy = copies[index];
      if (copy === undefined) lost.push(hash);
      else if (!areEqual(encoded.bytes, copy)) {
        const { kind } = checkRecord(copy);
        if (kind === "valid") differing.push(hash);
        else if (kind === "newer") newer.push(hash);
        else await replaceDamaged(hash, encoded, copy);
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
      // It was removed after it was listed.
      if (hash === undefined || bytes === undefined) continue;
      largest = Math.max(largest, bytes.length);
      const record = checkRecord(bytes);
      if (record.kind === "valid") {
        gathered.set(hash, { bytes, info: runInfo(record.meta) });
        gatheredBytes += bytes.length;
      } else if (record.kind === "newer") newer.push(hash);
      else damaged.push(hash);
    }
    // Assume that the next results are as large as the largest of these, and at most double the number.
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
  await copyCodes(from, to);
  return progress;
}

/** Copies the table of texts: those of functions, and of the modules that they refer to. */
async function copyCodes(from: Backend, to: Backend): Promise<void> {
  const codes = await codesOf(from).list();
  if (codes.length === 0) return;
  if (keepsSources(from) && keepsSources(to)) {
    const lists = await textsOf(from, codes.flatMap((code) => readEntry(code)?.sources ?? []));
    const modules = lists.flatMap(({ text }) => [...readModules(text)?.values() ?? []]);
    await codesOf(to).add(await textsOf(from, modules.flatMap((module) => "text" in module ? module.text : [])));
    await codesOf(to).add(lists);
  }
  await codesOf(to).add(codes);
}

async function textsOf(backend: Backend, ids: readonly string[]): Promise<CodeEntry[]> {
  const distinct = [...new Set(ids)];
  const texts = await loadTexts(backend, distinct);
  return distinct.flatMap((id, i) => {
    const text = texts[i];
    return text === undefined ? [] : [{ id, text }];
  });
}
