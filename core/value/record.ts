/**
 * Encodes and checks records, in which a backend keeps results and failures. docs/results.md is the specification.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { hash as hashOnce } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Hash } from "../brand.ts";
import { lengthOf } from "./byte_parts.ts";
import { compress, COMPRESSION, decompress, SMALLEST } from "./compression.ts";
import { CODEC, decodePayload, encodeJson, payloadForm } from "./payload.ts";

/** The content of a record. */
export type RecordType = "result" | "failure";

/** The metadata of a record: what is known of the task's run besides its value. */
export interface RecordMeta {
  /** The task's name. */
  readonly name: string;
  /** The start time, in milliseconds since 1970 by the worker's clock. */
  readonly start: number;
  /** The end time, in milliseconds since 1970 by the worker's clock. */
  readonly finish: number;
  /** The name of the worker that ran the task. */
  readonly worker: string;
  /** The task's hash, to detect a record that is stored under another task's hash. */
  readonly hash?: string;
  /** The code that computed the result, if known: see engine/results/code_table.ts. */
  readonly code?: string;
  /** What the task printed, if anything. */
  readonly log?: string;
  /** The trace context of the run (https://www.w3.org/TR/trace-context/), if there is one. */
  readonly trace?: string;
  /** The version that the function had, if any. */
  readonly version?: string;
  /**
   * The arguments in a form of bounded size: see recorded/form.ts. That they have the form must be checked where they are
   * read.
   */
  readonly args?: unknown;
}

/** Bytes that are not an intact record: there is no result. */
export interface InvalidRecord {
  readonly kind: "invalid";
  /** The reason, in a few words: "truncated", "checksum does not match", … */
  readonly reason: string;
}

/** A record in a newer format. This version cannot check whether it is intact, so it must not be removed. */
export interface NewerRecord {
  readonly kind: "newer";
  /** The format, in a few words. */
  readonly reason: string;
}

/** A record that was checked and whose payload is still encoded. It is a view of the bytes from which it was read. */
export interface CheckedRecord {
  readonly kind: "valid";
  readonly type: RecordType;
  readonly meta: RecordMeta;
  readonly codec: number;
  readonly compression: number;
  /** The length of the payload before compression, in bytes. */
  readonly rawLength: number;
  /** The payload as stored, compressed or not. */
  readonly stored: Uint8Array;
}

/** A checked record with its decoded value. */
export interface DecodedRecord {
  readonly kind: "valid";
  readonly type: RecordType;
  readonly meta: RecordMeta;
  readonly value: unknown;
}

/** The version of the record format that this module writes. It also reads the one before. */
const RECORD_FORMAT = 2;
/** The length of the checksum in each version, in bytes: the beginning of a SHA-256, and a CRC-32. */
const CHECKSUM_BYTES: Readonly<Record<number, number>> = { 1: 16, [RECORD_FORMAT]: 4 };

const MAGIC: readonly number[] = [0x8a, 0x6a, 0x75, 0x67];
const MAGIC_WORD = 0x8a6a7567;
const HEADER = 28;
const TYPE_CODE: Readonly<Record<RecordType, number>> = { result: 1, failure: 2 };

const fromUtf8 = new TextDecoder("utf-8", { fatal: true });
const anyUtf8 = new TextDecoder();

/**
 * Encodes a record. The bytes may be a view of a larger buffer: copy them to keep or send them.
 *
 * @param input The content of the record. `label` is the beginning of error messages, as in "primes.isPrime".
 *
 * @throws {JugError} of kind "usage" if something in the value would not decode to an equal value; the message names
 * the place.
 */
export function encodeRecord(
  input: { readonly type: RecordType; readonly value: unknown; readonly meta: RecordMeta; readonly label: string },
): Uint8Array<ArrayBuffer> {
  const { value, label } = input;
  const form = payloadForm(value, label);
  if ("json" in form && form.json !== undefined && form.json.length <= SMALL_TEXT) return encodeSmall(input, form.json);
  const { codec, parts } = "json" in form ? encodeJson(form.json, value, label) : form;
  const { compression, parts: stored } = compress(parts);
  const storedLength = lengthOf(stored);
  const meta = Buffer.from(metaText(input.meta));

  const end = HEADER + meta.length + storedLength;
  const record = new Uint8Array(end + 4);
  const view = new DataView(record.buffer);
  writeHeader(view, 0, {
    type: input.type,
    codec,
    compression,
    metaLength: meta.length,
    storedLength,
    rawLength: lengthOf(parts),
  });
  record.set(meta, HEADER);
  let at = HEADER + meta.length;
  for (const part of stored) {
    record.set(part, at);
    at += part.length;
  }
  view.setUint32(end, crc32(record.subarray(0, end)), true);
  return record;
}

/** A text of at most so many characters is encoded in one go. In UTF-8 it is too short for compression. */
const SMALL_TEXT = Math.floor(SMALLEST / 3) - 1;
/** Small records share memory in pieces of this size, in bytes. */
const PIECE = 1 << 16;
let piece = new DataView(new ArrayBuffer(PIECE));
let pieceUsed = 0;
const toUtf8 = new TextEncoder();

/** Encodes a record with a short text of JSON: in a quarter of the time, since most tasks have such a result. */
function encodeSmall({ type, meta }: { readonly type: RecordType; readonly meta: RecordMeta }, json: string) {
  const metaJson = metaText(meta);
  const most = HEADER + 3 * (metaJson.length + json.length) + 4;
  if (most > PIECE - pieceUsed) {
    piece = new DataView(new ArrayBuffer(Math.max(PIECE, most)));
    pieceUsed = 0;
  }
  const start = pieceUsed;
  const metaAt = start + HEADER;
  const { written } = toUtf8.encodeInto(metaJson + json, new Uint8Array(piece.buffer, metaAt));
  // If the lengths differ, some characters take several bytes.
  const isAscii = written === metaJson.length + json.length;
  const metaLength = isAscii ? metaJson.length : Buffer.byteLength(metaJson);
  const length = written - metaLength;
  const codes = { type, codec: CODEC.json, compression: COMPRESSION.none };
  writeHeader(piece, start, { ...codes, metaLength, storedLength: length, rawLength: length });
  const end = metaAt + written;
  piece.setUint32(end, crc32(new Uint8Array(piece.buffer, start, end - start)), true);
  pieceUsed = end + 4;
  return new Uint8Array(piece.buffer, start, pieceUsed - start);
}

interface HeaderFields {
  readonly type: RecordType;
  readonly codec: number;
  readonly compression: number;
  readonly metaLength: number;
  readonly storedLength: number;
  readonly rawLength: number;
}

function writeHeader(view: DataView, at: number, fields: HeaderFields): void {
  view.setUint32(at, MAGIC_WORD);
  view.setUint8(at + 4, RECORD_FORMAT);
  view.setUint8(at + 5, fields.codec);
  view.setUint8(at + 6, fields.compression);
  view.setUint8(at + 7, TYPE_CODE[fields.type]);
  view.setUint32(at + 8, fields.metaLength, true);
  writeLength(view, at + 12, fields.storedLength);
  writeLength(view, at + 20, fields.rawLength);
}

/** Returns the metadata as JSON. */
function metaText(meta: RecordMeta): string {
  const { name, start, finish, worker, hash, code, log, trace, version, args } = meta;
  return JSON.stringify({ name, start, finish, worker, hash, code, version, args, trace, log });
}

/** Checks a record and decodes its value: a new copy at each call. Never throws, for any bytes. */
export function decodeRecord(bytes: Uint8Array): DecodedRecord | InvalidRecord | NewerRecord {
  const record = checkRecord(bytes);
  return record.kind === "valid" ? decodeChecked(record) : record;
}

/** Decodes the value of a checked record: a new copy at each call. Never throws. */
export function decodeChecked(record: CheckedRecord): DecodedRecord | InvalidRecord {
  const { type, meta, codec } = record;
  try {
    return { kind: "valid", type, meta, value: decodePayload(codec, inflated(record).stored) };
  } catch (error) {
    return invalid(`payload cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Returns the record with its payload decompressed.
 *
 * @throws if the payload cannot be decompressed.
 */
export function inflated(record: CheckedRecord): CheckedRecord {
  const { compression, stored, rawLength } = record;
  if (compression === COMPRESSION.none && stored.length === rawLength) return record;
  return { ...record, compression: COMPRESSION.none, stored: decompress(compression, stored, rawLength) };
}

/** Where the parts of a record are whose checksum is right. */
interface RecordLayout {
  readonly kind: "intact";
  readonly type: RecordType;
  readonly metaEnd: number;
  readonly end: number;
}

function layoutOf(bytes: Uint8Array): RecordLayout | InvalidRecord | NewerRecord {
  const fault = headFault(bytes);
  if (fault !== undefined) return fault;
  const checksumBytes = CHECKSUM_BYTES[bytes[4] ?? 0] ?? 0;
  if (bytes.length < HEADER + checksumBytes) return invalid("truncated");
  const view = viewOf(bytes);
  const metaEnd = HEADER + view.getUint32(8, true);
  const end = metaEnd + readLength(view, 12);
  if (bytes.length < end + checksumBytes) return invalid("truncated");
  if (bytes.length > end + checksumBytes) return invalid("longer than its header says");
  if (!isChecksumRight(bytes, end)) return invalid("checksum does not match");
  const type = bytes[7] === TYPE_CODE.result ? "result" : bytes[7] === TYPE_CODE.failure ? "failure" : undefined;
  if (type === undefined) return invalid(`record type ${bytes[7]} is unknown`);
  return { kind: "intact", type, metaEnd, end };
}

/** Checks a record, including its checksum, without decoding its value. Never throws. */
export function checkRecord(bytes: Uint8Array): CheckedRecord | InvalidRecord | NewerRecord {
  const layout = layoutOf(bytes);
  if (layout.kind !== "intact") return layout;
  const { type, metaEnd, end } = layout;
  const meta = parseMeta(bytes.subarray(HEADER, metaEnd));
  if (meta === undefined) return invalid("metadata cannot be read");
  return {
    kind: "valid",
    type,
    meta,
    codec: bytes[5] ?? 0,
    compression: bytes[6] ?? COMPRESSION.none,
    rawLength: readLength(viewOf(bytes), 20),
    stored: bytes.subarray(metaEnd, end),
  };
}

const HASH_KEY = '"hash":"';

/**
 * Whether bytes are an intact record of the task `hash`, as {@linkcode encodeRecord} writes it. Parsing the metadata of a
 * million records takes seconds, so it is only searched: before the hash come the name, two numbers and the worker, and
 * inside texts quotes are escaped, so the first `"hash":"` is the key. `false`: {@linkcode checkRecord} decides.
 */
export function isIntactRecordOf(hash: Hash, bytes: Uint8Array): boolean {
  const layout = layoutOf(bytes);
  if (layout.kind !== "intact") return false;
  const meta = anyUtf8.decode(bytes.subarray(HEADER, layout.metaEnd));
  const key = meta.indexOf(HASH_KEY);
  return key >= 0 && meta.startsWith(`${hash}"`, key + HASH_KEY.length);
}

/**
 * Returns how many of a record's first bytes {@linkcode readMeta} needs. Needs the first 28 bytes itself, and returns
 * `undefined` if there are fewer or they do not begin a record of this format.
 */
export function headLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER || headFault(bytes) !== undefined) return undefined;
  return HEADER + viewOf(bytes).getUint32(8, true);
}

/**
 * Returns the length of the whole record whose first bytes these are, in bytes; `undefined` if there are fewer than 28,
 * or they do not begin a record of this format.
 */
export function recordLength(bytes: Uint8Array): number | undefined {
  const end = headLength(bytes);
  return end === undefined ? undefined : end + readLength(viewOf(bytes), 12) + (CHECKSUM_BYTES[bytes[4] ?? 0] ?? 0);
}

/**
 * Returns the metadata of a record without checking the checksum, or `undefined` if it cannot be read. `bytes` may be
 * only the beginning of the record.
 */
export function readMeta(bytes: Uint8Array): RecordMeta | undefined {
  const end = headLength(bytes);
  return end === undefined || end > bytes.length ? undefined : parseMeta(bytes.subarray(HEADER, end));
}

/**
 * Returns the fault of the first five bytes, if any. The format of the rest depends on the version in the fifth byte.
 */
function headFault(bytes: Uint8Array): InvalidRecord | NewerRecord | undefined {
  if (bytes.length === 0) return invalid("empty");
  for (let i = 0; i < MAGIC.length && i < bytes.length; i++) {
    if (bytes[i] !== MAGIC[i]) return invalid("not a jug record");
  }
  const version = bytes[4];
  if (version === undefined) return invalid("truncated");
  if (version > RECORD_FORMAT) {
    return {
      kind: "newer",
      reason: `format version ${version} is newer than this version of jug reads (${RECORD_FORMAT})`,
    };
  }
  return version in CHECKSUM_BYTES ? undefined : invalid(`format version ${version} is unknown`);
}

function parseMeta(bytes: Uint8Array): RecordMeta | undefined {
  try {
    const meta: unknown = JSON.parse(fromUtf8.decode(bytes));
    return isMeta(meta) ? meta : undefined;
  } catch {
    return undefined;
  }
}

function isMeta(meta: unknown): meta is RecordMeta {
  return typeof meta === "object" && meta !== null && "name" in meta && typeof meta.name === "string" &&
    "start" in meta && typeof meta.start === "number" && "finish" in meta && typeof meta.finish === "number" &&
    "worker" in meta && typeof meta.worker === "string";
}

function invalid(reason: string): InvalidRecord {
  return { kind: "invalid", reason };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writeLength(view: DataView, offset: number, length: number): void {
  view.setUint32(offset, length % 2 ** 32, true);
  view.setUint32(offset + 4, Math.floor(length / 2 ** 32), true);
}

function readLength(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}

/** Whether the checksum at `end` is that of everything before it. */
function isChecksumRight(record: Uint8Array, end: number): boolean {
  const content = record.subarray(0, end);
  if (record[4] === RECORD_FORMAT) return viewOf(record).getUint32(end, true) === crc32(content);
  return Buffer.from(hashOnce("sha256", content, "buffer")).subarray(0, record.length - end).equals(
    record.subarray(end),
  );
}
