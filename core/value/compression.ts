/**
 * Compresses payloads if that makes them much smaller.
 *
 * @module
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { joinParts, lengthOf } from "./byte_parts.ts";

/** How a payload is compressed; the numbers are part of the stored format. */
export const COMPRESSION = { none: 0, deflateRaw: 1 } as const;

/**
 * Shorter payloads, in bytes, are not compressed: a call of the compressor takes 20 µs, which costs more than the
 * bytes.
 */
export const SMALLEST = 512;

/**
 * The length of the sample, in bytes. For a long payload, this much of its middle is compressed first, since numbers
 * and images often do not shrink.
 */
const SAMPLE = 1 << 16;

/** The compressed payload must be at most this fraction of the original, or decompression is not worth its time. */
const PAYS = 0.9;

/** A payload as stored. */
export interface Compressed {
  /** One of {@linkcode COMPRESSION}. */
  readonly compression: number;
  /** The bytes, in parts. */
  readonly parts: readonly Uint8Array[];
}

/** Compresses a payload, or returns it unchanged if compression is not worthwhile. */
export function compress(parts: readonly Uint8Array[]): Compressed {
  const length = lengthOf(parts);
  if (length >= SMALLEST && sampleShrinks(parts, length)) {
    const stored = deflateRawSync(joinParts(parts), { level: 1, chunkSize: chunkFor(length) });
    if (stored.length <= length * PAYS) return { compression: COMPRESSION.deflateRaw, parts: [stored] };
  }
  return { compression: COMPRESSION.none, parts };
}

function sampleShrinks(parts: readonly Uint8Array[], length: number): boolean {
  if (length < 4 * SAMPLE) return true;
  const sample = sampleOf(parts, length);
  return deflateRawSync(sample, { level: 1 }).length <= sample.length * PAYS;
}

/** The longest chunk, in bytes. The length comes from the header of a record, which may be wrong. */
const LONGEST_CHUNK = 1 << 20;

/**
 * Returns the size of the chunks in which `length` bytes are compressed or decompressed: one chunk, if it is short. The
 * default of 16 KiB is much garbage for a short payload, and many parts to join for a long one.
 */
function chunkFor(length: number): number {
  return Math.min(LONGEST_CHUNK, length + HEADROOM);
}

/** What cannot be compressed becomes so much longer, in bytes. 64 is also the smallest chunk that zlib allows. */
const HEADROOM = 64;

/** Returns bytes from the middle: all from one part, so they are fewer if this part ends. */
function sampleOf(parts: readonly Uint8Array[], length: number): Uint8Array {
  let start = Math.floor((length - SAMPLE) / 2);
  for (const part of parts) {
    if (start < part.length) return part.subarray(start, start + SAMPLE);
    start -= part.length;
  }
  return new Uint8Array();
}

/**
 * Reverses {@linkcode compress}.
 *
 * @param length The length of the original payload, in bytes.
 * @throws if the bytes cannot be decompressed, the compression is unknown, or the length is different.
 */
export function decompress(compression: number, stored: Uint8Array, length: number): Uint8Array {
  const bytes = inflate(compression, stored, length);
  if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes instead of ${length}`);
  return bytes;
}

function inflate(compression: number, stored: Uint8Array, length: number): Uint8Array {
  if (compression === COMPRESSION.none) return stored;
  if (compression !== COMPRESSION.deflateRaw) throw new TypeError(`compression ${compression} is unknown`);
  return inflateRawSync(stored, { maxOutputLength: Math.max(1, length), chunkSize: chunkFor(length) });
}
