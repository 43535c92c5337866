/**
 * Reads the frames of a segment, and finds the next intact one if something was destroyed.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { decodeHeader, FrameIndex, HEADER_BYTES, MAGIC_BYTES } from "./frame.ts";
import type { OpenFile } from "../system/file_system.ts";

/** A frame of a segment. */
export interface FoundFrame {
  readonly index: FrameIndex;
  /** Where its payloads begin, in bytes from the start of the segment. */
  readonly payloadsAt: number;
  /** Where it ends. */
  readonly end: number;
  readonly payloadChecksum: number;
}

/** How much is read at once, in bytes. Most frames are shorter. */
const CHUNK = 1 << 18;

/** Reads parts of a file, and many small parts with few calls. */
class Window {
  readonly #file: OpenFile;
  #start = 0;
  #bytes = new Uint8Array();

  /** `limit`: the end of what may be read. */
  constructor(file: OpenFile, readonly limit: number) {
    this.#file = file;
  }

  /** Returns `length` bytes from `at` on; fewer at the end of the file. */
  read(at: number, length: number): Uint8Array {
    const offset = at - this.#start;
    if (offset < 0 || offset + length > this.#bytes.length) {
      this.#start = at;
      this.#bytes = this.#file.read(at, Math.min(Math.max(length, CHUNK), this.limit - at));
      return this.#bytes.subarray(0, length);
    }
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** Reads the frame that begins at `at`. Returns `undefined` if no intact frame begins there and ends within the limit. */
function readFrame(window: Window, at: number): FoundFrame | undefined {
  const header = decodeHeader(window.read(at, Math.min(HEADER_BYTES, window.limit - at)));
  if (header === undefined) return undefined;
  const payloadsAt = at + HEADER_BYTES + header.indexLength;
  const end = payloadsAt + header.payloadLength;
  if (end > window.limit) return undefined;
  // A copy, since the index outlives the window.
  const index = FrameIndex.decode(window.read(at + HEADER_BYTES, header.indexLength).slice(), header);
  return index === undefined ? undefined : { index, payloadsAt, end, payloadChecksum: header.payloadChecksum };
}

/** Yields the intact frames between `from` and `limit`. Skips what a crash of the machine has destroyed. */
export function* framesOf(file: OpenFile, from: number, limit: number): Generator<FoundFrame> {
  const window = new Window(file, limit);
  for (let at = from; at < limit;) {
    const frame = readFrame(window, at) ?? findFrame(window, at);
    if (frame === undefined) return;
    yield frame;
    at = frame.end;
  }
}

/** Finds the first intact frame behind `at`. */
function findFrame(window: Window, at: number): FoundFrame | undefined {
  for (let start = at + 1; start < window.limit;) {
    const bytes = window.read(start, Math.min(CHUNK, window.limit - start));
    if (bytes.length < HEADER_BYTES) return undefined;
    for (let i = bytes.indexOf(MAGIC_BYTES[0]); i >= 0; i = bytes.indexOf(MAGIC_BYTES[0], i + 1)) {
      if (!MAGIC_BYTES.every((byte, offset) => bytes[i + offset] === byte)) continue;
      const frame = readFrame(window, start + i);
      if (frame !== undefined) return frame;
    }
    // A magic number may lie across the end of the chunk.
    start += bytes.length - MAGIC_BYTES.length + 1;
  }
  return undefined;
}

/** Returns where the row of frames from `from` on ends that are intact, payloads included. */
export function intactEnd(file: OpenFile, from: number): number {
  const window = new Window(file, file.size());
  let end = from;
  while (end < window.limit) {
    const frame = readFrame(window, end);
    if (frame === undefined || !hasIntactPayloads(file, frame)) break;
    end = frame.end;
  }
  return end;
}

function hasIntactPayloads(file: OpenFile, { payloadsAt, end, payloadChecksum }: FoundFrame): boolean {
  let checksum = 0;
  for (let at = payloadsAt; at < end;) {
    const bytes = file.read(at, Math.min(CHUNK, end - at));
    if (bytes.length === 0) return false;
    checksum = crc32(bytes, checksum);
    at += bytes.length;
  }
  return checksum === payloadChecksum;
}
