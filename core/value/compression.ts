/**
 * Compresses payloads if that makes them much smaller.
 *
 * @module
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** How a payload is compressed; the numbers are part of the stored format. */
export const COMPRESSION = { none: 0, deflateRaw: 1 } as const;

/**
 * Shorter payloads, in bytes, are not compressed: a call of the compressor takes 20 µs, which costs more than the
 * bytes.
 */
const SMALLEST = 512;

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
  readonly stored: Uint8Array;
}

/** Compresses a payload, or returns it unchanged if compression is not worthwhile. */
export function compress(bytes: Uint8Array): Compressed {
  if (bytes.length >= SMALLEST && sampleShrinks(bytes)) {
    const stored = deflateRawSync(bytes, { level: 1 });
    if (stored.length <= bytes.length * PAYS) return { compression: COMPRESSION.deflateRaw, stored };
  }
  return { compression: COMPRESSION.none, stored: bytes };
}

function sampleShrinks(bytes: Uint8Array): boolean {
  if (bytes.length < 4 * SAMPLE) return true;
  const start = (bytes.length - SAMPLE) >> 1;
  return deflateRawSync(bytes.subarray(start, start + SAMPLE), { level: 1 }).length <= SAMPLE * PAYS;
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
  return inflateRawSync(stored, { maxOutputLength: Math.max(1, length) });
}
