/**
 * Results as values: between a backend, which knows bytes, and those who want what the bytes mean.
 *
 * @module
 */
import type { Backend, Lock } from "../../backends/backend.ts";
import { codesOf, keepsCodes } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import { COMPRESSION } from "../../core/value/compression.ts";
import {
  type CheckedRecord,
  checkRecord,
  decodeChecked,
  encodeRecord,
  inflated,
  type InvalidRecord,
  type NewerRecord,
  type RecordMeta,
} from "../../core/value/record.ts";
import type { DeclaredTask, Loaded } from "../../core/session/session.ts";
import { CodeBook } from "./code_table.ts";
import { NewerRecordError } from "./newer_record.ts";
import { readHeads } from "./result_heads.ts";
import { SizedCache } from "./sized_cache.ts";

/** What a store needs besides its backend. */
export interface StoreOptions {
  /** Encoded results are kept up to this many bytes. Default: 256 MiB. */
  readonly cacheBytes?: number;
  /** How much memory is free, in bytes: a result that is larger than the whole cache may be kept. Default: none. */
  readonly freeMemory?: () => number;
  /** Told of each damaged result, once. */
  readonly onDamaged?: (hash: Hash, reason: string) => void;
  /** Told of the first result of a newer jug that was met without being read. */
  readonly onNewer?: (text: string) => void;
}

/** How much is loaded ahead in one call, in bytes. */
const PREFETCH_BYTES = 4 * 1024 * 1024;
const DEFAULT_CACHE_BYTES = 256 * 1024 * 1024;
/** How many results are checked in one call at most. */
const PORTION = 64;

/**
 * A result in memory: as bytes that nobody looked at, as a record that was checked once for all who need its value, or, where
 * the value cannot be changed, as what they all get.
 */
type Kept =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "record"; readonly record: CheckedRecord }
  | { readonly kind: "value"; readonly found: Found };

type Found = Loaded & { readonly kind: "found" };

/** Loads and stores results. A damaged one counts as missing, is removed and reported; one of a newer jug is refused and stays. */
export class Store {
  readonly #cache: SizedCache<Kept>;
  readonly #book = new CodeBook();
  readonly #onDamaged: (hash: Hash, reason: string) => void;
  #onNewer: ((text: string) => void) | undefined;
  #isWorthKeeping: (hash: Hash) => boolean = () => true;
  /** A running mean of what a result has in bytes. */
  #meanBytes = 64 * 1024;
  /** The largest of the results that were checked lately; nothing is known of it at first. */
  #largest = PREFETCH_BYTES;

  constructor(readonly backend: Backend, options: StoreOptions = {}) {
    const { cacheBytes = DEFAULT_CACHE_BYTES, freeMemory } = options;
    this.#cache = new SizedCache({ limit: cacheBytes, freeMemory });
    this.#onDamaged = options.onDamaged ?? (() => {});
    this.#onNewer = options.onNewer;
  }

  /** How many bytes of results are kept in memory. */
  get cachedBytes(): number {
    return this.#cache.size;
  }

  /** From now on only results of which `isWorthKeeping` holds are kept in memory. */
  keepOnly(isWorthKeeping: (hash: Hash) => boolean): void {
    this.#isWorthKeeping = isWorthKeeping;
  }

  #keep(hash: Hash, bytes: Uint8Array): void {
    if (this.#isWorthKeeping(hash)) this.#cache.set(hash, { kind: "bytes", bytes: owned(bytes) }, bytes.byteLength);
  }

  /** Which of these have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>> {
    return this.backend.has(hashes);
  }

  /**
   * Freshly decoded results: two calls share nothing that can be changed.
   *
   * @throws {NewerRecordError} where one was written by a newer jug.
   */
  async load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>> {
    const loaded = new Map<Hash, Loaded>();
    const asked: Hash[] = [];
    for (const hash of hashes) {
      const kept = this.#recall(hash);
      if (kept === undefined) asked.push(hash);
      else loaded.set(hash, kept);
    }
    if (asked.length === 0) return loaded;
    const bytes = new Map<Hash, Uint8Array>();
    await this.#fetch(asked, (hash, answer) => bytes.set(hash, answer));
    for (const hash of asked) loaded.set(hash, await this.#decode(hash, bytes.get(hash)));
    return loaded;
  }

  /** The result that is in memory, if there is one that is whole; the backend is asked for any other. */
  #recall(hash: Hash): Found | undefined {
    const kept = this.#cache.get(hash);
    if (kept === undefined) return undefined;
    if (kept.kind === "value") return kept.found;
    const outcome = kept.kind === "bytes" ? this.#open(hash, kept.bytes) : this.#readAgain(hash, kept.record);
    if (outcome.kind === "found") return outcome;
    this.#cache.delete(hash);
    return undefined;
  }

  /** Checks a record and reads its value, and keeps what saves whoever needs it next the same work. */
  #open(hash: Hash, bytes: Uint8Array): Found | InvalidRecord | NewerRecord {
    const record = checkRecord(bytes);
    if (record.kind !== "valid") return record;
    if (!isOf(hash, record.meta)) return { kind: "invalid", reason: FOREIGN };
    const outcome = this.#read(record);
    if (outcome.kind === "found" && this.#isWorthKeeping(hash)) {
      if (isPrimitive(outcome.value)) {
        this.#cache.set(hash, { kind: "value", found: outcome }, Math.max(bytes.byteLength, record.rawLength));
      } else this.#cache.set(hash, { kind: "record", record }, bytes.byteLength);
    }
    return outcome;
  }

  /** What is read for a second time may be read often, so it is kept as it is without compression, if there is room. */
  #readAgain(hash: Hash, record: CheckedRecord): Found | InvalidRecord {
    if (record.compression === COMPRESSION.none || this.#cache.room < record.rawLength) return this.#read(record);
    const inflatedRecord = inflated(record);
    this.#cache.set(hash, { kind: "record", record: inflatedRecord }, record.rawLength);
    return this.#read(inflatedRecord);
  }

  #read(record: CheckedRecord): Found | InvalidRecord {
    const decoded = decodeChecked(record);
    return decoded.kind === "valid" ? { kind: "found", value: decoded.value } : decoded;
  }

  /** When and where each of these was run. A damaged record tells nothing, and is left for whoever reads its value. */
  async meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>> {
    const found = new Map<Hash, RecordMeta>();
    for await (const { hash, meta } of readHeads(this.backend, hashes)) found.set(hash, meta);
    return found;
  }

  /**
   * How many results to check in one call, so that they do not fill the memory: one by one where a call costs no more
   * than its items do, else as many as are likely to fit into {@linkcode PREFETCH_BYTES}.
   */
  get portion(): number {
    if (this.backend.batchSize === 1) return 1;
    return Math.max(1, Math.min(PORTION, Math.floor(PREFETCH_BYTES / this.#largest)));
  }

  async #fetch(hashes: readonly Hash[], take: (hash: Hash, bytes: Uint8Array) => void): Promise<void> {
    const answers = await this.backend.load(hashes);
    for (const [i, hash] of hashes.entries()) {
      const bytes = answers[i];
      if (bytes === undefined) continue;
      this.#meanBytes += 0.1 * (bytes.byteLength - this.#meanBytes);
      take(hash, bytes);
    }
  }

  /** Loads what is soon needed, as many results in a call as fit into {@linkcode PREFETCH_BYTES} by what was seen so far. */
  async prefetch(hashes: readonly Hash[]): Promise<void> {
    const wanted = hashes.filter((hash) => !this.#cache.has(hash));
    while (wanted.length > 0) {
      const count = Math.max(1, Math.floor(PREFETCH_BYTES / this.#meanBytes));
      await this.#fetch(wanted.splice(0, count), (hash, bytes) => this.#keep(hash, bytes));
    }
  }

  async #decode(hash: Hash, bytes: Uint8Array | undefined): Promise<Loaded> {
    if (bytes === undefined) return { kind: "missing" };
    const outcome = this.#open(hash, this.#isWorthKeeping(hash) ? owned(bytes) : bytes);
    if (outcome.kind === "found") return outcome;
    if (outcome.kind === "newer") throw this.#newer(hash, outcome);
    await this.#discard(hash, bytes, outcome.reason);
    return { kind: "missing" };
  }

  #newer(hash: Hash, record: NewerRecord): NewerRecordError {
    return new NewerRecordError(`the result ${hash.slice(0, 8)}`, this.backend.address, record);
  }

  async #discard(hash: Hash, bytes: Uint8Array, reason: string): Promise<void> {
    this.#cache.delete(hash);
    if (await this.backend.discard(hash, bytes)) this.#onDamaged(hash, reason);
  }

  /**
   * Checks records without decoding them, a {@linkcode portion} at a time; removes and reports the damaged, and answers
   * which they were.
   */
  async verify(hashes: readonly Hash[]): Promise<Hash[]> {
    const records = await this.backend.load(hashes);
    // What was large before counts less each time, so that after a few large ones many are asked for again.
    this.#largest = records.reduce((largest, bytes) => Math.max(largest, bytes?.byteLength ?? 0), this.#largest / 2);
    const damaged: Hash[] = [];
    for (const [i, hash] of hashes.entries()) {
      const bytes = records[i];
      if (bytes === undefined) {
        damaged.push(hash);
        continue;
      }
      const check = checkRecord(bytes);
      if (check.kind === "valid" && isOf(hash, check.meta)) continue;
      if (check.kind === "newer") {
        this.#onNewer?.(this.#newer(hash, check).message);
        this.#onNewer = undefined;
        continue;
      }
      damaged.push(hash);
      await this.#discard(hash, bytes, check.kind === "valid" ? FOREIGN : check.reason);
    }
    return damaged;
  }

  /**
   * The record of a result, not stored yet.
   *
   * @throws {JugError} where the value would not come back equal.
   */
  encode(task: DeclaredTask, value: unknown, meta: RecordMeta): Uint8Array {
    const code = keepsCodes(this.backend) ? this.#book.idOf(task) : undefined;
    const whole = code === undefined ? meta : { ...meta, code };
    return encodeRecord({ type: "result", value, meta: whole, label: task.name });
  }

  /** Stores encoded results and gives up their locks. */
  async complete(items: readonly { hash: Hash; bytes: Uint8Array; lock: Lock | undefined }[]): Promise<void> {
    const codes = this.#book.takeUnsaved();
    if (codes.length > 0) await codesOf(this.backend).add(codes);
    const outcomes = await this.backend.complete(items);
    for (const [i, item] of items.entries()) {
      // Where another's result was kept, ours must not be what later tasks here see.
      if (outcomes[i] === "stored") this.#keep(item.hash, item.bytes);
    }
  }

  /** Forgets results that were removed, or are no longer needed in memory. */
  forget(hashes: Iterable<Hash>): void {
    for (const hash of hashes) this.#cache.delete(hash);
  }
}

/** A view would keep the whole of what it is a part of, such as the answer to a batch. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength < bytes.buffer.byteLength ? bytes.slice() : bytes;
}

function isPrimitive(value: unknown): boolean {
  return value === null || typeof value !== "object" && typeof value !== "function";
}

const FOREIGN = "it is the result of another task";

/** Whether a record lies where it belongs. */
function isOf(hash: Hash, meta: RecordMeta): boolean {
  return meta.hash === undefined || meta.hash === hash;
}
