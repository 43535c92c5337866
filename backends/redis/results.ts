/**
 * Results: in one Redis hash, with the parts of large results in separate keys. The result that is stored first is
 * kept.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import type { CompleteOutcome, Completion } from "../backend.ts";
import { areEqual } from "../bytes.ts";
import { groupDurations } from "./durations.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { bytesOf, hashesIn, listOf, textOf } from "./replies.ts";
import { runText } from "./runs.ts";
import { COMPLETE } from "./scripts/complete.lua.ts";
import { DISCARD } from "./scripts/discard.lua.ts";
import { HAS } from "./scripts/has.lua.ts";
import { LIST_RESULTS } from "./scripts/list_results.lua.ts";
import { REMOVE } from "./scripts/remove.lua.ts";
import { inlineValue, isSmall, type Parts, partSize, partsValue, readValue } from "./stored_value.ts";
import { batches } from "../../core/lists.ts";

/** The results of one jugdir. */
export interface Results {
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  list(): AsyncGenerator<readonly Hash[]>;
  load(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  loadHeads(hashes: readonly Hash[], length: number): Promise<(Uint8Array | undefined)[]>;
  complete(items: readonly Completion[]): Promise<CompleteOutcome[]>;
  remove(hashes: readonly Hash[]): Promise<Set<Hash>>;
  discard(hash: Hash, bytes: Uint8Array): Promise<boolean>;
}

/** How many small values are fetched at a time: at most 2 MiB. */
const LOAD_ITEMS = 128;
/** How many bytes one script takes. */
const SCRIPT_BYTES = 512 * 1024;
/** Parts that were uploaded but not committed expire after this time, in milliseconds. */
const UPLOAD_MS = 3_600_000;
/**
 * How often a result is uploaded if its parts disappear before they are committed. A server that came back empty loses
 * them once.
 */
const MAX_UPLOADS = 3;
/** How often a result is read if other processes keep replacing it while its parts are being read. */
const MAX_READS = 5;

/** A result in the form that the script takes. */
interface Prepared {
  readonly value: string | Uint8Array;
  readonly parts: Parts | undefined;
}

/**
 * Groups completions that are sent together. Large ones add nothing to the size, since their parts are sent separately.
 */
function* grouped(items: readonly Completion[], partBytes: number): Generator<readonly Completion[]> {
  let group: Completion[] = [];
  let size = 0;
  for (const item of items) {
    const weight = isSmall(item.bytes, partBytes) ? item.bytes.length : 0;
    if (group.length > 0 && (group.length === SCRIPT_ITEMS || size + weight > SCRIPT_BYTES)) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(item);
    size += weight;
  }
  if (group.length > 0) yield group;
}

/** Creates the results at this place. */
export function createResults({ address, connection, keys, unique }: Place): Results {
  const { partBytes } = address;
  const partKey = (upload: string, index: number) => `${keys.parts}${upload}:${index}`;

  async function upload(bytes: Uint8Array): Promise<Prepared> {
    const size = partSize(bytes, partBytes);
    const parts = { upload: unique(), count: Math.ceil(bytes.length / size), length: bytes.length };
    try {
      // One after the other: a second upload at the same time would only need memory.
      for (let index = 0; index < parts.count; index++) {
        const part = bytes.subarray(index * size, (index + 1) * size);
        const command = ["SET", partKey(parts.upload, index), part, "PX", String(UPLOAD_MS)];
        await connection.send(command, { bytes: part.length });
      }
    } catch (error) {
      await freeParts(parts);
      throw error;
    }
    return { value: partsValue(parts), parts };
  }

  /**
   * Frees parts one by one, since the server blocks while it frees one. They expire anyway, so this does not wait for a
   * server that is away.
   */
  async function freeParts({ upload, count }: Parts): Promise<void> {
    try {
      for (let index = 0; index < count; index++) {
        await connection.send(["UNLINK", partKey(upload, index)], { patienceMs: 0 });
      }
    } catch {
      // The server is away.
    }
  }

  async function freePartsOf(value: Uint8Array): Promise<void> {
    const stored = readValue(value);
    if (stored.kind === "parts") await freeParts(stored.parts);
  }

  async function prepare({ bytes }: Completion): Promise<Prepared> {
    return isSmall(bytes, partBytes) ? { value: inlineValue(bytes), parts: undefined } : await upload(bytes);
  }

  function lostParts({ length, count }: Parts): JugError {
    const what =
      `the server lost parts of a result of ${length} bytes before all ${count} were uploaded, ${MAX_UPLOADS} times`;
    return new JugError("backend", `jugdir "${address.shown}": ${what}`, {
      remedy: "It evicts data when its memory is full: set its maxmemory-policy to noeviction, and raise maxmemory",
    });
  }

  async function completeGroup(items: readonly Completion[], uploads = 1): Promise<CompleteOutcome[]> {
    const durations = groupDurations(items);
    const args: (string | Uint8Array)[] = [String(durations.groups.length / 2), ...durations.groups];
    const sent: Prepared[] = [];
    let bytes = 0;
    for (const [index, item] of items.entries()) {
      const prepared = await prepare(item);
      const { value, parts } = prepared;
      const begin = parts === undefined ? "" : partKey(parts.upload, 0).slice(0, -1);
      const run = runText("result", item.bytes.length, item.info);
      args.push(item.hash, item.lock?.token ?? "", value, begin, String(parts?.count ?? 0), run);
      args.push(...durations.items[index] ?? ["", ""]);
      sent.push(prepared);
      bytes += value.length;
    }
    const { results, locks, failures, reports, runs, changes } = keys;
    const touched = [results, locks, failures, reports, runs, keys.durations, changes];
    const answer = listOf(await connection.call(COMPLETE, touched, args, { bytes }));
    const outcomes: CompleteOutcome[] = [];
    for (const [index, item] of items.entries()) {
      const parts = sent[index]?.parts;
      if (answer[index] === -1 && parts !== undefined) {
        // The remaining parts would take up the memory that the next ones need.
        await freeParts(parts);
        if (uploads === MAX_UPLOADS) throw lostParts(parts);
        outcomes.push(...await completeGroup([item], uploads + 1));
      } else outcomes.push(answer[index] === 1 ? "stored" : "kept");
    }
    return outcomes;
  }

  /** Loads the parts up to the first one that is missing. */
  async function loadParts(parts: Parts): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
    const { upload, count, length } = parts;
    const found: Uint8Array[] = [];
    // Another process may have used another part size. Here it only matters for the timeout on a slow line.
    const options = { asBytes: true, bytes: Math.min(partSize(parts, partBytes), length) };
    for (let index = 0; index < count; index++) {
      const part = bytesOf(await connection.send(["GET", partKey(upload, index)], options));
      if (part === undefined) break;
      found.push(part);
    }
    const bytes = new Uint8Array(found.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of found) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return { bytes, isWhole: bytes.length === length };
  }

  async function valueOf(hash: Hash): Promise<Uint8Array | undefined> {
    return bytesOf(await connection.send(["HGET", keys.results, hash], { asBytes: true }));
  }

  async function valuesOf(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]> {
    return listOf(await connection.send(["HMGET", keys.results, ...hashes], { asBytes: true })).map(bytesOf);
  }

  /**
   * Returns the first bytes of a stored value: all of a small result, and of a large one as many as its first part has.
   */
  async function headOf(value: Uint8Array, length: number): Promise<Uint8Array | undefined> {
    const stored = readValue(value);
    if (stored.kind === "inline") return stored.bytes;
    const range = ["GETRANGE", partKey(stored.parts.upload, 0), "0", String(length - 1)];
    return bytesOf(await connection.send(range, { asBytes: true, bytes: length }));
  }

  /**
   * Loads the bytes of a stored value, and returns them with that value, which is a newer one if the result was
   * replaced. If a part is missing, the record is damaged.
   */
  async function open(hash: Hash, first: Uint8Array): Promise<{ value: Uint8Array; bytes: Uint8Array } | undefined> {
    let value: Uint8Array | undefined = first;
    for (let read = 1;; read++) {
      const stored = readValue(value);
      if (stored.kind === "inline") return { value, bytes: stored.bytes };
      const { bytes, isWhole } = await loadParts(stored.parts);
      if (isWhole || read === MAX_READS) return { value, bytes };
      const now = await valueOf(hash);
      if (now === undefined) return undefined;
      if (areEqual(now, value)) return { value, bytes };
      value = now;
    }
  }

  return {
    async has(hashes) {
      const found = new Set<Hash>();
      for (const batch of batches(hashes, 4 * SCRIPT_ITEMS)) {
        const digits = textOf(await connection.call(HAS, [keys.results], batch));
        for (const [index, hash] of batch.entries()) if (digits[index] === "1") found.add(hash);
      }
      return found;
    },
    async *list() {
      let cursor = "0";
      do {
        const args = [cursor, String(SCRIPT_ITEMS)];
        const [next, ...rest] = listOf(await connection.call(LIST_RESULTS, [keys.results], args));
        cursor = textOf(next);
        const hashes = hashesIn(rest);
        if (hashes.length > 0) yield hashes;
      } while (cursor !== "0" && cursor !== "");
    },
    async load(hashes) {
      const loaded: (Uint8Array | undefined)[] = [];
      for (const batch of batches(hashes, LOAD_ITEMS)) {
        const values = await valuesOf(batch);
        for (const [index, hash] of batch.entries()) {
          const value = values[index];
          loaded.push(value === undefined ? undefined : (await open(hash, value))?.bytes);
        }
      }
      return loaded;
    },
    async loadHeads(hashes, length) {
      const heads: (Uint8Array | undefined)[] = [];
      for (const batch of batches(hashes, LOAD_ITEMS)) {
        for (const value of await valuesOf(batch)) {
          heads.push(value === undefined ? undefined : await headOf(value, length));
        }
      }
      return heads;
    },
    async complete(items) {
      const outcomes: CompleteOutcome[] = [];
      for (const group of grouped(items, partBytes)) outcomes.push(...await completeGroup(group));
      return outcomes;
    },
    async remove(hashes) {
      const touched = [keys.results, keys.runs, keys.changes];
      const removed = new Set<Hash>();
      for (const batch of batches(hashes, SCRIPT_ITEMS)) {
        const answer = listOf(await connection.call(REMOVE, touched, [keys.parts, ...batch]));
        for (const [index, hash] of batch.entries()) {
          const outcome = answer[index];
          if (outcome !== 0) removed.add(hash);
          if (typeof outcome === "string") await freePartsOf(new TextEncoder().encode(outcome));
        }
      }
      return removed;
    },
    async discard(hash, bytes) {
      const value = await valueOf(hash);
      const found = value === undefined ? undefined : await open(hash, value);
      if (found === undefined || !areEqual(found.bytes, bytes)) return false;
      const touched = [keys.results, keys.runs, keys.changes];
      const isGone = await connection.call(DISCARD, touched, [keys.parts, hash, found.value]) === 1;
      if (isGone) await freePartsOf(found.value);
      return isGone;
    },
  };
}
