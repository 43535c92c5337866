/**
 * Reads packs of format 1: many results in one file, which consists of a first line, the results, an index and a footer
 * that locates the index.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type Hash, isHash } from "../../../core/brand.ts";
import type { OpenFile } from "../system/file_system.ts";

const TAIL = Buffer.from("jugpack1");
const KEY = 20;
/** Hash, offset, length. */
const ENTRY = KEY + 8 + 4;
/** Offset of the index, number of entries, digest of the index, tail. */
const FOOTER = 8 + 4 + 16 + TAIL.length;

/** The position of a result in a pack. */
export interface PackEntry {
  readonly hash: Hash;
  readonly offset: number;
  readonly length: number;
}

/** Reads the index of a pack; returns `undefined` if the file is damaged. */
export function readPackIndex(file: OpenFile): readonly PackEntry[] | undefined {
  const size = file.size();
  const footer = bufferOf(file.read(Math.max(0, size - FOOTER), FOOTER));
  if (footer.length < FOOTER || !footer.subarray(-TAIL.length).equals(TAIL)) return undefined;
  const start = Number(footer.readBigUInt64LE());
  const length = footer.readUInt32LE(8) * ENTRY;
  if (start + length + FOOTER !== size) return undefined;
  const index = bufferOf(file.read(start, length));
  const digest = createHash("sha256").update(index).digest().subarray(0, 16);
  if (!digest.equals(footer.subarray(12, 28))) return undefined;
  const entries: PackEntry[] = [];
  for (let at = 0; at < index.length; at += ENTRY) {
    const hash = index.toString("hex", at, at + KEY);
    const entry = { offset: Number(index.readBigUInt64LE(at + KEY)), length: index.readUInt32LE(at + KEY + 8) };
    if (!isHash(hash) || entry.offset + entry.length > start) return undefined;
    entries.push({ hash, ...entry });
  }
  return entries;
}

function bufferOf(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
