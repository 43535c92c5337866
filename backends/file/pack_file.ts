/**
 * A pack: many results in one file that never changes once it is written. It consists of a first line, the results, an
 * index sorted by hash, and a footer that locates the index. docs/file-backend.md describes the format.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type Hash, isHash } from "../../core/brand.ts";
import { isStale } from "./errors.ts";
import { type FileSystem, lockIfCan, type OpenFile, readHead } from "./system/file_system.ts";

const HEAD = Buffer.from("jug pack 1\n");
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

function digestOf(index: Uint8Array): Buffer {
  return createHash("sha256").update(index).digest().subarray(0, 16);
}

function bufferOf(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Whether all entries of an index end before `end`. */
function isWithin(index: Buffer, end: number): boolean {
  for (let at = KEY; at < index.length; at += ENTRY) {
    if (Number(index.readBigUInt64LE(at)) + index.readUInt32LE(at + 8) > end) return false;
  }
  return true;
}

/** Whether the first line of a file is that of a pack, complete or not. */
export function hasPackHead(files: FileSystem, path: string): boolean {
  return HEAD.equals(readHead(files, path, HEAD.length) ?? new Uint8Array());
}

/** Writes one pack. */
export class PackWriter {
  readonly #files: FileSystem;
  readonly #file: OpenFile;
  readonly #entries: PackEntry[] = [];
  #size = HEAD.length;
  #buffered: Uint8Array[] = [];
  #bufferedSize = 0;
  #written = 0;
  #isOpen = true;

  constructor(files: FileSystem, readonly path: string) {
    this.#files = files;
    this.#file = files.open(path, "create");
    // Without the flock, others of this host would take the file for a leftover of a dead process.
    lockIfCan(this.#file);
    this.#push(HEAD);
  }

  get size(): number {
    return this.#size;
  }

  add(hash: Hash, bytes: Uint8Array): void {
    this.#entries.push({ hash, offset: this.#size, length: bytes.length });
    this.#size += bytes.length;
    this.#push(bytes);
  }

  /**
   * Writes the index, and waits until everything is on the disk, because the files that the pack replaces will be
   * removed.
   */
  finish(): void {
    const entries = this.#entries.sort((one, other) => one.hash < other.hash ? -1 : 1);
    const index = Buffer.alloc(entries.length * ENTRY);
    for (const [i, { hash, offset, length }] of entries.entries()) {
      index.write(hash, i * ENTRY, "hex");
      index.writeBigUInt64LE(BigInt(offset), i * ENTRY + KEY);
      index.writeUInt32LE(length, i * ENTRY + KEY + 8);
    }
    const footer = Buffer.alloc(12);
    footer.writeBigUInt64LE(BigInt(this.#size));
    footer.writeUInt32LE(entries.length, 8);
    for (const part of [index, footer, digestOf(index), TAIL]) this.#push(part);
    this.#flush();
    this.#file.sync();
    this.#close();
  }

  /** Gives up and removes the file, in whatever state it is. */
  abandon(): void {
    this.#close();
    this.#files.remove(this.path);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  #push(bytes: Uint8Array): void {
    this.#buffered.push(bytes);
    this.#bufferedSize += bytes.length;
    if (this.#bufferedSize >= 1 << 20) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#buffered);
    this.#file.write(bytes, this.#written);
    this.#written += bytes.length;
    this.#buffered = [];
    this.#bufferedSize = 0;
  }
}

/** An open pack. It can still be read if its file is removed or renamed in the meantime. */
export class Pack {
  readonly #file: OpenFile;
  readonly #index: Buffer;

  private constructor(file: OpenFile, index: Buffer, readonly size: number) {
    this.#file = file;
    this.#index = index;
  }

  /** Opens a pack and reads its index; returns `undefined` if the file is damaged. */
  static open(files: FileSystem, path: string): Pack | undefined {
    const file = files.open(path, "read");
    try {
      const size = file.size();
      const footer = bufferOf(file.read(Math.max(0, size - FOOTER), FOOTER));
      if (footer.length === FOOTER && footer.subarray(-TAIL.length).equals(TAIL)) {
        const offset = Number(footer.readBigUInt64LE());
        const length = footer.readUInt32LE(8) * ENTRY;
        if (offset + length + FOOTER === size) {
          const index = bufferOf(file.read(offset, length));
          if (digestOf(index).equals(footer.subarray(12, 28)) && isWithin(index, offset)) {
            return new Pack(file, index, size);
          }
        }
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return undefined;
  }

  get count(): number {
    return this.#index.length / ENTRY;
  }

  find(hash: Hash): PackEntry | undefined {
    const key = Buffer.from(hash, "hex");
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#index.compare(key, 0, KEY, middle * ENTRY, middle * ENTRY + KEY);
      if (order === 0) return this.#entryAt(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  *entries(): Generator<PackEntry> {
    for (let i = 0; i < this.count; i++) {
      const entry = this.#entryAt(i);
      if (entry !== undefined) yield entry;
    }
  }

  /**
   * Returns the bytes of an entry, at most `limit`, and fewer if the file was truncated. Returns `undefined` if another
   * host removed the pack (NFSv3).
   */
  read({ offset, length }: PackEntry, limit = Infinity): Uint8Array | undefined {
    try {
      return this.#file.read(offset, Math.min(length, limit));
    } catch (error) {
      if (isStale(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  #entryAt(i: number): PackEntry | undefined {
    const at = i * ENTRY;
    const hash = this.#index.toString("hex", at, at + KEY);
    if (!isHash(hash)) return undefined;
    const offset = Number(this.#index.readBigUInt64LE(at + KEY));
    return { hash, offset, length: this.#index.readUInt32LE(at + KEY + 8) };
  }
}
