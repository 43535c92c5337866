/**
 * Loads and stores results as values, on top of a backend, which stores bytes.
 *
 * @module
 */
import type { Backend, CompleteOutcome, Completion } from "../../backends/backend.ts";
import { codesOf, keepsCodes, keepsSources } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import {
  type CheckedRecord,
  decodeChecked,
  encodeRecord,
  inflated,
  type InvalidRecord,
  isIntactRecordOf,
  type NewerRecord,
  type RecordMeta,
} from "../../core/value/record.ts";
import type { DeclaredTask, Loaded } from "../../core/session/session.ts";
import { ArgumentRecorder } from "../../core/value/recorded/recorder.ts";
import type { SourceReader } from "../sources/source_reader.ts";
import { CodeBook } from "./code_table.ts";
import { checkResult } from "./damage.ts";
import { NewerRecordError } from "./newer_record.ts";
import { calledAs, type Encoded, runInfoWith } from "./run_info.ts";
import { readHeads } from "./result_heads.ts";
import { SizedCache } from "./sized_cache.ts";

/** Options of a {@linkcode Store}. */
export interface StoreOptions {
  /** How many bytes of encoded results are kept in memory. Default: 256 MiB. */
  readonly cacheBytes?: number;
  /**
   * Returns how much memory is free, in bytes. Then one result larger than the cache may be kept. Default: returns 0.
   */
  readonly freeMemory?: () => number;
  /** Reads the modules that the functions were loaded with. Default: they are not recorded. */
  readonly sources?: SourceReader;
  /** Called once for each damaged result. */
  readonly onDamaged?: (hash: Hash, reason: string) => void;
  /** Whether damaged results stay where they are, and only count as missing. Default: they are removed. */
  readonly removesNothing?: boolean;
  /** Called once, for the first result of a newer jug that {@linkcode Store.verify} finds. */
  readonly onNewer?: (text: string) => void;
}

/** How many bytes are loaded in one call, when prefetching or verifying. */
const PREFETCH_BYTES = 4 * 1024 * 1024;
const DEFAULT_CACHE_BYTES = 256 * 1024 * 1024;
/** The maximum number of results to verify in one call. */
const PORTION = 64;

/**
 * A result in memory: unchecked bytes; or a checked record, which is decoded for each use; or, if it is immutable, the
 * value itself, which all users share.
 */
type Kept =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly copy: ArrayBuffer | undefined }
  | { readonly kind: "record"; readonly record: CheckedRecord; readonly copy: ArrayBuffer | undefined }
  | { readonly kind: "value"; readonly found: Found };

/**
 * Records up to this length, in bytes, are copied into the cache, and freed when they leave it. Otherwise V8 frees them
 * only when it collects the old generation, and does so late, since it hardly counts such memory. It collects larger ones
 * soon enough, and copying them takes time.
 */
const COPIED_BYTES = 64 * 1024;

type Found = Loaded & { readonly kind: "found" };

/**
 * Loads and stores results. A damaged result counts as missing, is removed and reported. A result of a newer jug is
 * refused and not removed.
 */
export class Store {
  readonly #cache: SizedCache<Kept>;
  readonly #book: CodeBook;
  readonly #recorder = new ArgumentRecorder();
  readonly #onDamaged: (hash: Hash, reason: string) => void;
  readonly #removesNothing: boolean;
  /** Damaged results that stay where they are. */
  readonly #ignored = new Set<Hash>();
  #onNewer: ((text: string) => void) | undefined;
  #isWorthKeeping: (hash: Hash) => boolean = () => true;
  /** A running mean of the size of results, in bytes. */
  #meanBytes = 64 * 1024;
  /**
   * The size of the largest result verified recently, in bytes. The initial value makes the first portion one result.
   */
  #largest = PREFETCH_BYTES;

  constructor(readonly backend: Backend, options: StoreOptions = {}) {
    const { cacheBytes = DEFAULT_CACHE_BYTES, freeMemory } = options;
    this.#cache = new SizedCache({ limit: cacheBytes, freeMemory, onDropped: free });
    this.#book = new CodeBook(keepsSources(backend) ? options.sources : undefined);
    this.#onDamaged = options.onDamaged ?? (() => {});
    this.#removesNothing = options.removesNothing ?? false;
    this.#onNewer = options.onNewer;
  }

  /** The size of the results in memory, in bytes. */
  get cachedBytes(): number {
    return this.#cache.size;
  }

  /** From now on keeps only results in memory for which `isWorthKeeping` returns true. */
  keepOnly(isWorthKeeping: (hash: Hash) => boolean): void {
    this.#isWorthKeeping = isWorthKeeping;
  }

  #keep(hash: Hash, bytes: Uint8Array): void {
    if (this.#isWorthKeeping(hash)) this.#cache.set(hash, { kind: "bytes", ...copied(bytes) }, bytes.byteLength);
  }

  /** Returns which of these have a result. */
  async has(hashes: readonly Hash[]): Promise<Set<Hash>> {
    const found = await this.backend.has(hashes);
    for (const hash of this.#ignored) found.delete(hash);
    return found;
  }

  /**
   * Loads and decodes results. Two calls share no mutable value.
   *
   * @throws {NewerRecordError} if a newer jug wrote one of them.
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

  /** Returns the result from memory, if it is there and valid. Otherwise the backend is asked. */
  #recall(hash: Hash): Found | undefined {
    const kept = this.#cache.get(hash);
    if (kept === undefined) return undefined;
    if (kept.kind === "value") return kept.found;
    const outcome = kept.kind === "bytes" ? this.#open(hash, kept.bytes, kept.copy) : this.#readAgain(hash, kept);
    if (outcome.kind === "found") return outcome;
    this.#cache.delete(hash);
    return undefined;
  }

  /** Checks a record and decodes its value. Caches the checked record, so that it is not checked again. */
  #open(hash: Hash, bytes: Uint8Array, copy: ArrayBuffer | undefined): Found | InvalidRecord | NewerRecord {
    const record = checkResult(hash, bytes);
    if (record.kind !== "valid") return record;
    const outcome = this.#read(record);
    if (outcome.kind === "found" && this.#isWorthKeeping(hash)) {
      this.#cache.set(hash, { kind: "record", record, copy }, bytes.byteLength);
    }
    return outcome;
  }

  /**
   * Decodes a cached record. A record that is read twice may be read often, so it is then kept uncompressed, if there
   * is room; or its value, if it is primitive. Not at the first reading: the garbage collector moves what is in the cache
   * to the old generation, and most results are read once.
   */
  #readAgain(hash: Hash, kept: Extract<Kept, { kind: "record" }>): Found | InvalidRecord {
    const { record } = kept;
    const hasRoom = this.#cache.room >= record.rawLength;
    const opened = hasRoom ? inflated(record) : record;
    const outcome = this.#read(opened);
    if (outcome.kind !== "found" || !hasRoom) return outcome;
    if (isPrimitive(outcome.value)) this.#cache.set(hash, { kind: "value", found: outcome }, record.rawLength);
    else if (opened !== record) {
      this.#cache.set(hash, { kind: "record", record: opened, copy: undefined }, record.rawLength);
    } else return outcome;
    free(kept);
    return outcome;
  }

  #read(record: CheckedRecord): Found | InvalidRecord {
    const decoded = decodeChecked(record);
    if (decoded.kind !== "valid") return decoded;
    const trace: unknown = record.meta.trace;
    // The store may hold anything under this name.
    return typeof trace !== "string"
      ? { kind: "found", value: decoded.value }
      : { kind: "found", value: decoded.value, trace };
  }

  /**
   * Returns the metadata of these results: when and where they were computed. Omits damaged records, and does not
   * remove them.
   */
  async meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>> {
    const found = new Map<Hash, RecordMeta>();
    for await (const { hash, meta } of readHeads(this.backend, hashes)) found.set(hash, meta);
    return found;
  }

  /**
   * How many results to verify in one call, so that they do not fill the memory: one if the backend gains nothing from
   * batches, otherwise as many as are likely to fit into {@linkcode PREFETCH_BYTES}.
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

  /**
   * Loads results that are needed soon into the cache. Each call to the backend is sized to {@linkcode PREFETCH_BYTES},
   * by the mean size so far.
   */
  async prefetch(hashes: readonly Hash[]): Promise<void> {
    const wanted = hashes.filter((hash) => !this.#cache.has(hash));
    while (wanted.length > 0) {
      const count = Math.max(1, Math.floor(PREFETCH_BYTES / this.#meanBytes));
      await this.#fetch(wanted.splice(0, count), (hash, bytes) => this.#keep(hash, bytes));
    }
  }

  async #decode(hash: Hash, bytes: Uint8Array | undefined): Promise<Loaded> {
    if (bytes === undefined) return { kind: "missing" };
    const kept = this.#isWorthKeeping(hash) ? copied(bytes) : { bytes, copy: undefined };
    const outcome = this.#open(hash, kept.bytes, kept.copy);
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
    if (!this.#removesNothing) {
      if (await this.backend.discard(hash, bytes)) this.#onDamaged(hash, reason);
    } else if (!this.#ignored.has(hash)) {
      this.#ignored.add(hash);
      this.#onDamaged(hash, reason);
    }
  }

  /**
   * Checks records without decoding them, all in one call: pass at most {@linkcode portion} hashes. Removes and reports
   * damaged ones. Returns which are damaged or missing.
   */
  async verify(hashes: readonly Hash[]): Promise<Hash[]> {
    const records = await this.backend.load(hashes);
    // The old maximum is halved each time, so that after a few large results the portions grow again.
    this.#largest = records.reduce((largest, bytes) => Math.max(largest, bytes?.byteLength ?? 0), this.#largest / 2);
    const damaged: Hash[] = [];
    for (const [i, hash] of hashes.entries()) {
      const bytes = records[i];
      if (bytes === undefined) {
        damaged.push(hash);
        continue;
      }
      if (isIntactRecordOf(hash, bytes)) continue;
      const check = checkResult(hash, bytes);
      if (check.kind === "valid") continue;
      if (check.kind === "newer") {
        this.#onNewer?.(this.#newer(hash, check).message);
        this.#onNewer = undefined;
        continue;
      }
      damaged.push(hash);
      await this.#discard(hash, bytes, check.reason);
    }
    return damaged;
  }

  /**
   * Returns the encoded record of a result, with the code and the arguments of its task. Stores nothing.
   *
   * @throws {JugError} if decoding would not return an equal value.
   */
  encode(task: DeclaredTask, value: unknown, meta: RecordMeta): Encoded {
    const code = keepsCodes(this.backend) ? this.#book.idOf(task) : undefined;
    const args = this.#recorder.record(task.args);
    const whole: RecordMeta = { ...meta, ...calledAs(task, args), ...code === undefined ? {} : { code } };
    const bytes = encodeRecord({ type: "result", value, meta: whole, label: task.name });
    return { bytes, info: runInfoWith(whole, args) };
  }

  /**
   * Stores encoded results and releases their locks. Stores new code entries first, since the results refer to them.
   */
  async complete(items: readonly (Encoded & Completion)[]): Promise<readonly CompleteOutcome[]> {
    const codes = this.#book.takeUnsaved();
    if (codes.length > 0) await codesOf(this.backend).add(codes);
    const outcomes = await this.backend.complete(items);
    for (const [i, item] of items.entries()) {
      // If another worker's result was stored first, later tasks here must see that one.
      if (outcomes[i] !== "stored") this.#cache.delete(item.hash);
      else if (!this.#cache.has(item.hash)) this.#keep(item.hash, item.bytes);
    }
    return outcomes;
  }

  /** Keeps a result that will be stored soon, if a task that is to run before needs it and there is room. */
  keepUnstored(hash: Hash, bytes: Uint8Array): void {
    this.#keep(hash, bytes);
  }

  /** Whether a result is in memory. */
  isCached(hash: Hash): boolean {
    return this.#cache.has(hash);
  }

  /** Drops results from memory that were removed or are no longer needed. */
  forget(hashes: Iterable<Hash>): void {
    for (const hash of hashes) this.#cache.delete(hash);
  }
}

/** Copies short bytes, and those that are a view: it would keep its whole buffer in memory, such as a batch's. */
function copied(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly copy: ArrayBuffer | undefined } {
  if (bytes.byteLength > COPIED_BYTES && bytes.byteLength === bytes.buffer.byteLength) {
    return { bytes, copy: undefined };
  }
  const copy = bytes.slice();
  return { bytes: copy, copy: copy.buffer };
}

/** Frees the memory of a copy. Nothing else refers to it: decoding a record copies what it returns. */
function free(kept: Kept): void {
  if (kept.kind !== "value") kept.copy?.transfer(0);
}

function isPrimitive(value: unknown): boolean {
  return value === null || typeof value !== "object" && typeof value !== "function";
}
