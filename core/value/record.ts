/**
 * The checked record in which a backend keeps a result or a failure. docs/results.md is the specification.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { hash as hashOnce } from "node:crypto";
import { compress, COMPRESSION, decompress } from "./compression.ts";
import { decodePayload, encodePayload } from "./payload.ts";

/** What a record holds. */
export type RecordType = "result" | "failure";

/** What is known of a run beside its value. */
export interface RecordMeta {
  /** The task's name. */
  readonly name: string;
  /** When it began, in milliseconds since 1970 by the worker's clock. */
  readonly start: number;
  /** When it ended, likewise. */
  readonly finish: number;
  /** Which worker ran it. */
  readonly worker: string;
  /** The task's hash, so that a record in another's place is noticed. */
  readonly hash?: string;
  /** Which code computed it, where that is known: see engine/store/code_table.ts. */
  readonly code?: string;
  /** What the task printed, where it printed something. */
  readonly log?: string;
}

/** Bytes that are not a whole record of ours: there is no result. */
export interface InvalidRecord {
  readonly kind: "invalid";
  /** Why, in a few words: "truncated", "checksum does not match", … */
  readonly reason: string;
}

/** A record of a later format: whole or not, this version cannot tell, so it is to be left alone. */
export interface NewerRecord {
  readonly kind: "newer";
  /** Which format it is, in a few words. */
  readonly reason: string;
}

/** A record that was checked, its payload still encoded; a part of the bytes that it was read from. */
export interface CheckedRecord {
  readonly kind: "valid";
  readonly type: RecordType;
  readonly meta: RecordMeta;
  readonly codec: number;
  readonly compression: number;
  /** How long the payload is, in bytes, when it is not compressed. */
  readonly rawLength: number;
  readonly stored: Uint8Array;
}

/** A record with its value. */
export interface DecodedRecord {
  readonly kind: "valid";
  readonly type: RecordType;
  readonly meta: RecordMeta;
  readonly value: unknown;
}

/** The version of the record format that this module writes, and the newest it reads. */
export const RECORD_FORMAT = 1;

const MAGIC: readonly number[] = [0x8a, 0x6a, 0x75, 0x67];
const HEADER = 28;
const CHECKSUM = 16;
const TYPE_CODE: Readonly<Record<RecordType, number>> = { result: 1, failure: 2 };

const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Writes a record.
 *
 * @param input `label` opens the messages of refusals, as in "primes.isPrime".
 *
 * @throws {JugError} (usage) Something in the value would not come back equal; the message says where.
 */
export function encodeRecord(
  input: { readonly type: RecordType; readonly value: unknown; readonly meta: RecordMeta; readonly label: string },
): Uint8Array<ArrayBuffer> {
  const { codec, bytes } = encodePayload(input.value, input.label);
  const { compression, stored } = compress(bytes);
  const { name, start, finish, worker, hash, code, log } = input.meta;
  const meta = Buffer.from(JSON.stringify({ name, start, finish, worker, hash, code, log }));

  const record = new Uint8Array(HEADER + meta.length + stored.length + CHECKSUM);
  const view = new DataView(record.buffer);
  record.set(MAGIC);
  record[4] = RECORD_FORMAT;
  record[5] = codec;
  record[6] = compression;
  record[7] = TYPE_CODE[input.type];
  view.setUint32(8, meta.length, true);
  writeLength(view, 12, stored.length);
  writeLength(view, 20, bytes.length);
  record.set(meta, HEADER);
  record.set(stored, HEADER + meta.length);
  writeChecksum(record);
  return record;
}

/** Checks a record and reads its value: a fresh copy each time. Never throws, whatever the bytes. */
export function decodeRecord(bytes: Uint8Array): DecodedRecord | InvalidRecord | NewerRecord {
  const record = checkRecord(bytes);
  return record.kind === "valid" ? decodeChecked(record) : record;
}

/** Reads the value of a record that was checked: a fresh copy each time. Never throws. */
export function decodeChecked(record: CheckedRecord): DecodedRecord | InvalidRecord {
  const { type, meta, codec } = record;
  try {
    return { kind: "valid", type, meta, value: decodePayload(codec, inflated(record).stored) };
  } catch (error) {
    return invalid(`payload cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The same record, its payload not compressed any more. Throws where that cannot be undone. */
export function inflated(record: CheckedRecord): CheckedRecord {
  const { compression, stored, rawLength } = record;
  if (compression === COMPRESSION.none && stored.length === rawLength) return record;
  return { ...record, compression: COMPRESSION.none, stored: decompress(compression, stored, rawLength) };
}

/** Checks a record, its checksum too, without reading its value. Never throws. */
export function checkRecord(bytes: Uint8Array): CheckedRecord | InvalidRecord | NewerRecord {
  const fault = headFault(bytes);
  if (fault !== undefined) return fault;
  if (bytes.length < HEADER + CHECKSUM) return invalid("truncated");
  const view = viewOf(bytes);
  const metaEnd = HEADER + view.getUint32(8, true);
  const end = metaEnd + readLength(view, 12);
  if (bytes.length < end + CHECKSUM) return invalid("truncated");
  if (bytes.length > end + CHECKSUM) return invalid("longer than its header says");
  if (!isChecksumRight(bytes)) return invalid("checksum does not match");
  const type = bytes[7] === TYPE_CODE.result ? "result" : bytes[7] === TYPE_CODE.failure ? "failure" : undefined;
  if (type === undefined) return invalid(`record type ${bytes[7]} is unknown`);
  const meta = parseMeta(bytes.subarray(HEADER, metaEnd));
  if (meta === undefined) return invalid("metadata cannot be read");
  return {
    kind: "valid",
    type,
    meta,
    codec: bytes[5] ?? 0,
    compression: bytes[6] ?? COMPRESSION.none,
    rawLength: readLength(view, 20),
    stored: bytes.subarray(metaEnd, end),
  };
}

/**
 * How many of a record's first bytes {@linkcode readMeta} needs, told from the first of them. `undefined` where they
 * are none of a record.
 */
export function headLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER || headFault(bytes) !== undefined) return undefined;
  return HEADER + viewOf(bytes).getUint32(8, true);
}

/** What a record says of its run, unchecked: the first bytes of a long record are enough. `undefined` where unreadable. */
export function readMeta(bytes: Uint8Array): RecordMeta | undefined {
  const end = headLength(bytes);
  return end === undefined || end > bytes.length ? undefined : parseMeta(bytes.subarray(HEADER, end));
}

/** What is wrong with the first five bytes; the rest depends on the version that they tell. */
function headFault(bytes: Uint8Array): InvalidRecord | NewerRecord | undefined {
  if (bytes.length === 0) return invalid("empty");
  for (let i = 0; i < MAGIC.length && i < bytes.length; i++) {
    if (bytes[i] !== MAGIC[i]) return invalid("not a jug record");
  }
  const version = bytes[4];
  if (version === undefined) return invalid("truncated");
  if (version > RECORD_FORMAT) {
    return { kind: "newer", reason: `format version ${version} is newer than this jug reads (${RECORD_FORMAT})` };
  }
  return version === RECORD_FORMAT ? undefined : invalid(`format version ${version} is unknown`);
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

/** Of everything before it. As hex, since that is the fastest form the platform gives a digest in. */
function checksumOf(record: Uint8Array): string {
  return hashOnce("sha256", record.subarray(0, record.length - CHECKSUM), "hex");
}

function writeChecksum(record: Uint8Array): void {
  const digits = checksumOf(record);
  const start = record.length - CHECKSUM;
  for (let i = 0; i < CHECKSUM; i++) record[start + i] = byteAt(digits, i);
}

function isChecksumRight(record: Uint8Array): boolean {
  const digits = checksumOf(record);
  const start = record.length - CHECKSUM;
  for (let i = 0; i < CHECKSUM; i++) if (record[start + i] !== byteAt(digits, i)) return false;
  return true;
}

function byteAt(hex: string, index: number): number {
  return nibble(hex.charCodeAt(2 * index)) * 16 + nibble(hex.charCodeAt(2 * index + 1));
}

function nibble(unit: number): number {
  return unit < 0x3a ? unit - 0x30 : unit - 0x57;
}
