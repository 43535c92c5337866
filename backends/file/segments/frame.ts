/**
 * Frames: what a segment consists of. One frame holds everything that a worker appended at one time.
 *
 * ```
 * header (32 bytes, little-endian)
 *    0  "jugf"           12  length of the payloads (8)   28  CRC-32 of bytes 0 to 27
 *    4  version (2)      20  CRC-32 of the index
 *    8  length of index  24  CRC-32 of the payloads
 * index: number of entries (4), length of the texts (4), length of the arguments (4), the texts as JSON, the arguments
 *        (UTF-8, one after another), then a column for each property
 * payloads, one after another
 * ```
 *
 * An index can be read without the payloads, so a process learns what others have finished without reading results that
 * it does not need. The arguments are what only a few commands read, so they are decoded when they are asked for. They
 * are no JSON, because V8 takes several microseconds for each short text of it if a million tasks are in memory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Hash } from "../../../core/brand.ts";
import type { RunInfo } from "../../backend.ts";
import { HASH_BYTES, readHash, writeHash } from "../../../core/hash_table.ts";
import { ArgumentTexts, parseTexts, type Texts, TextTable } from "./frame_texts.ts";
import type { ProcessRecord } from "./process_table.ts";
import { ownerOfSegment } from "../token.ts";

/**
 * What an entry says.
 *
 * - `result`, `failure`: the task ended in this way; the payload is the encoded record
 * - `released`: the claim was given back
 * - `removed`: results of this task under this claim or an earlier one do not count any more
 * - `cleared`: the same, for failures
 */
export type EntryKind = "result" | "failure" | "released" | "removed" | "cleared";

/** One entry to be written. */
export interface FrameEntry {
  readonly kind: EntryKind;
  readonly hash: Hash;
  /** The segment to which this was first written. Merging keeps it. */
  readonly origin: string;
  /** The sequence number of the claim under which it happened, or of the result or failure that does not count any more. */
  readonly sequence: number;
  /** The encoded record. Empty for entries without one, and if it is in a file of its own. */
  readonly payload: Uint8Array;
  /** The size of the record, if it is in a file of its own. */
  readonly ownFileSize?: number;
  /** The run that the record came from. */
  readonly info?: RunInfo | undefined;
}

/** The lengths that a header states. */
export interface FrameHeader {
  readonly indexLength: number;
  readonly payloadLength: number;
  readonly indexChecksum: number;
  readonly payloadChecksum: number;
}

/** The length of a header, in bytes. */
export const HEADER_BYTES = 32;
/** "jugf" */
export const MAGIC_BYTES = [0x6a, 0x75, 0x67, 0x66] as const;
const VERSION = 2;
const KINDS: readonly EntryKind[] = ["result", "failure", "released", "removed", "cleared"];
/** Flag: the record is in a file of its own. */
const OWN_FILE = 1;
/** Flag: the run that the record came from is known. */
const HAS_INFO = 2;
/** The length of what comes before the texts of an index, in bytes. */
const INDEX_HEAD = 12;
/** The length of the columns of one entry, in bytes. */
const COLUMNS = 1 + 1 + HASH_BYTES + 5 * 4 + 4 * 8;

const toUtf8 = new TextEncoder();

/** What a frame says besides its entries. */
export interface FrameNotes {
  /** The segments that were merged into this one, in the first frame of such a segment. */
  readonly replaces?: readonly string[];
  /** The processes that the segment belongs to. */
  readonly processes?: readonly ProcessRecord[];
}

/** Returns memory of this length, in bytes, with any content. */
export type Allocate = (length: number) => Uint8Array<ArrayBuffer>;

/** Larger frames get memory of their own, in bytes. */
const MOST_REUSED = 8 << 20;

/** Returns memory that is reused: what one call returned is valid until the next one. */
export function reusedMemory(): Allocate {
  let memory = new Uint8Array();
  return (length) => {
    if (length > MOST_REUSED) return new Uint8Array(length);
    if (length > memory.length) memory = new Uint8Array(Math.min(MOST_REUSED, 2 * length));
    return memory.subarray(0, length);
  };
}

/** An encoded frame. */
export interface EncodedFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its index, as others decode it. */
  readonly index: FrameIndex;
  /** Where its payloads begin. */
  readonly payloadsAt: number;
}

/** Encodes a frame. */
export function encodeFrame(
  entries: readonly FrameEntry[],
  { replaces = [], processes = [] }: FrameNotes = {},
  allocate: Allocate = (length) => new Uint8Array(length),
): EncodedFrame {
  const [origins, names, workers, codes] = [new TextTable(), new TextTable(), new TextTable(), new TextTable()];
  const traces: Record<string, string> = {};
  let args = "";
  let payloadLength = 0;
  for (const [i, { origin, payload, info }] of entries.entries()) {
    origins.number(origin);
    payloadLength += payload.length;
    if (info === undefined) continue;
    names.number(info.name);
    workers.number(info.worker);
    codes.number(info.code ?? "");
    if (info.trace !== undefined) traces[i] = info.trace;
    // Half a character at the end of one text would otherwise join that at the beginning of the next.
    if (info.args !== undefined) args += info.args.toWellFormed();
  }
  const tables: Texts = {
    origins: origins.texts,
    names: names.texts,
    workers: workers.texts,
    codes: codes.texts,
    traces,
    replaces,
    processes,
  };
  const texts = toUtf8.encode(JSON.stringify(tables));
  const argsBytes = toUtf8.encode(args);
  const isAscii = argsBytes.length === args.length;
  const count = entries.length;
  const columns = INDEX_HEAD + texts.length + argsBytes.length;
  const indexLength = columns + count * COLUMNS;
  const frame = allocate(HEADER_BYTES + indexLength + payloadLength);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);

  view.setUint32(HEADER_BYTES, count, true);
  view.setUint32(HEADER_BYTES + 4, texts.length, true);
  view.setUint32(HEADER_BYTES + 8, argsBytes.length, true);
  frame.set(texts, HEADER_BYTES + INDEX_HEAD);
  frame.set(argsBytes, HEADER_BYTES + INDEX_HEAD + texts.length);
  const at = columnsAt(HEADER_BYTES + columns, count);
  let payloadAt = HEADER_BYTES + indexLength;
  let i = 0;
  for (const { kind, hash, origin, sequence, payload, ownFileSize, info } of entries) {
    frame[at.kind + i] = KINDS.indexOf(kind);
    frame[at.flags + i] = (ownFileSize === undefined ? 0 : OWN_FILE) | (info === undefined ? 0 : HAS_INFO);
    writeHash(hash, frame, at.hash + i * HASH_BYTES);
    view.setUint32(at.origin + i * 4, origins.number(origin), true);
    view.setUint32(at.name + i * 4, info === undefined ? 0 : names.number(info.name), true);
    view.setUint32(at.worker + i * 4, info === undefined ? 0 : workers.number(info.worker), true);
    view.setUint32(at.code + i * 4, info === undefined ? 0 : codes.number(info.code ?? ""), true);
    const text = info?.args ?? "";
    view.setUint32(at.args + i * 4, isAscii ? text.length : Buffer.byteLength(text), true);
    view.setFloat64(at.start + i * 8, info?.start ?? 0, true);
    view.setFloat64(at.finish + i * 8, info?.finish ?? 0, true);
    view.setFloat64(at.sequence + i * 8, sequence, true);
    view.setFloat64(at.size + i * 8, ownFileSize ?? payload.length, true);
    frame.set(payload, payloadAt);
    payloadAt += payload.length;
    i++;
  }

  frame.set(MAGIC_BYTES);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, indexLength, true);
  view.setUint32(12, payloadLength % 2 ** 32, true);
  view.setUint32(16, Math.floor(payloadLength / 2 ** 32), true);
  view.setUint32(20, crc32(frame.subarray(HEADER_BYTES, HEADER_BYTES + indexLength)), true);
  view.setUint32(24, crc32(frame.subarray(HEADER_BYTES + indexLength)), true);
  view.setUint32(28, crc32(frame.subarray(0, 28)), true);
  const payloadsAt = HEADER_BYTES + indexLength;
  const index = FrameIndex.of(frame.subarray(HEADER_BYTES, payloadsAt), count, tables, columns);
  return { bytes: frame, index, payloadsAt };
}

/** Where the columns begin, for an index whose columns begin at `start`. */
function columnsAt(start: number, count: number) {
  const flags = start + count;
  const hash = flags + count;
  const origin = hash + count * HASH_BYTES;
  const name = origin + count * 4;
  const worker = name + count * 4;
  const code = worker + count * 4;
  const args = code + count * 4;
  const sequence = args + count * 4;
  const size = sequence + count * 8;
  const startTime = size + count * 8;
  const finish = startTime + count * 8;
  return { kind: start, flags, hash, origin, name, worker, code, args, sequence, size, start: startTime, finish };
}

/** Reads a header; returns `undefined` if the bytes are not an intact header. */
export function decodeHeader(bytes: Uint8Array): FrameHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (MAGIC_BYTES.some((byte, i) => bytes[i] !== byte) || view.getUint32(4, true) !== VERSION) return undefined;
  if (view.getUint32(28, true) !== crc32(bytes.subarray(0, 28))) return undefined;
  return {
    indexLength: view.getUint32(8, true),
    payloadLength: view.getUint32(12, true) + view.getUint32(16, true) * 2 ** 32,
    indexChecksum: view.getUint32(20, true),
    payloadChecksum: view.getUint32(24, true),
  };
}

/** The index of a frame, as it was read. */
export class FrameIndex {
  readonly count: number;
  /** The segments that were merged into this one. */
  readonly replaces: readonly string[];
  /** The processes that the segment belongs to. */
  readonly processes: readonly ProcessRecord[];
  readonly #texts: Texts;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #at: ReturnType<typeof columnsAt>;
  #arguments: ArgumentTexts | undefined;

  private constructor(bytes: Uint8Array, count: number, texts: Texts, columns: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.count = count;
    this.#texts = texts;
    this.replaces = texts.replaces;
    this.processes = texts.processes;
    this.#at = columnsAt(columns, count);
  }

  /** Returns the index that was just encoded. Its columns begin at `columns`. */
  static of(bytes: Uint8Array, count: number, texts: Texts, columns: number): FrameIndex {
    return new FrameIndex(bytes, count, texts, columns);
  }

  /** Decodes an index; returns `undefined` if it is damaged. */
  static decode(bytes: Uint8Array, header: FrameHeader): FrameIndex | undefined {
    if (bytes.length !== header.indexLength || bytes.length < INDEX_HEAD || crc32(bytes) !== header.indexChecksum) {
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getUint32(0, true);
    const argsAt = INDEX_HEAD + view.getUint32(4, true);
    const columns = argsAt + view.getUint32(8, true);
    if (columns + count * COLUMNS !== bytes.length) return undefined;
    if (bytes.subarray(columns, columns + count).some((kind) => kind >= KINDS.length)) return undefined;
    const texts = parseTexts(bytes.subarray(INDEX_HEAD, argsAt));
    if (texts === undefined) return undefined;
    const index = new FrameIndex(bytes, count, texts, columns);
    return index.#isValid(header.payloadLength) ? index : undefined;
  }

  /** Whether the numbers may become positions and the origins paths. */
  #isValid(payloadLength: number): boolean {
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      const [size, sequence] = [this.size(i), this.sequence(i)];
      if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(sequence) || sequence < 0) return false;
      if (!this.hasOwnFile(i)) sum += size;
    }
    return sum <= payloadLength &&
      this.#texts.origins.every((origin) => origin === "" || ownerOfSegment(origin) !== undefined);
  }

  kind(i: number): EntryKind {
    return KINDS[this.#bytes[this.#at.kind + i] ?? 0] ?? "released";
  }

  hash(i: number): Hash {
    return readHash(this.#bytes, this.#at.hash + i * HASH_BYTES);
  }

  /** The bytes that contain the hash of entry `i`, and where it begins. */
  hashBytes(i: number): { readonly bytes: Uint8Array; readonly at: number } {
    return { bytes: this.#bytes, at: this.#at.hash + i * HASH_BYTES };
  }

  /** The segment to which it was first written. */
  origin(i: number): string {
    return this.#texts.origins[this.#view.getUint32(this.#at.origin + i * 4, true)] ?? "";
  }

  /** Whether the run that its record came from is known. */
  hasInfo(i: number): boolean {
    return ((this.#bytes[this.#at.flags + i] ?? 0) & HAS_INFO) !== 0;
  }

  /** The name of its task, if the run is known. */
  name(i: number): string {
    return this.#texts.names[this.#view.getUint32(this.#at.name + i * 4, true)] ?? "";
  }

  /** How long the run took, in milliseconds, if it is known. */
  duration(i: number): number {
    return this.#view.getFloat64(this.#at.finish + i * 8, true) - this.#view.getFloat64(this.#at.start + i * 8, true);
  }

  /** The run that its record came from, if it is known. */
  info(i: number): RunInfo | undefined {
    if (!this.hasInfo(i)) return undefined;
    const { workers, codes, traces } = this.#texts;
    const text = (texts: readonly string[], column: number) => texts[this.#view.getUint32(column + i * 4, true)] ?? "";
    const code = text(codes, this.#at.code);
    const args = this.#argumentsOf(i);
    return {
      name: this.name(i),
      worker: text(workers, this.#at.worker),
      start: this.#view.getFloat64(this.#at.start + i * 8, true),
      finish: this.#view.getFloat64(this.#at.finish + i * 8, true),
      ...code === "" ? {} : { code },
      ...traces[i] === undefined ? {} : { trace: traces[i] },
      ...args === "" ? {} : { args },
    };
  }

  #argumentsOf(i: number): string {
    this.#arguments ??= this.#decodeArguments();
    return this.#arguments.text(i);
  }

  #decodeArguments(): ArgumentTexts {
    const start = INDEX_HEAD + this.#view.getUint32(4, true);
    const ends = new Uint32Array(this.count);
    let end = 0;
    for (let i = 0; i < this.count; i++) ends[i] = end += this.#view.getUint32(this.#at.args + i * 4, true);
    return new ArgumentTexts(this.#bytes.subarray(start, start + this.#view.getUint32(8, true)), ends);
  }

  sequence(i: number): number {
    return this.#view.getFloat64(this.#at.sequence + i * 8, true);
  }

  /** The size of its record, in bytes. */
  size(i: number): number {
    return this.#view.getFloat64(this.#at.size + i * 8, true);
  }

  /** Whether its record is in a file of its own. */
  hasOwnFile(i: number): boolean {
    return ((this.#bytes[this.#at.flags + i] ?? 0) & OWN_FILE) !== 0;
  }
}
