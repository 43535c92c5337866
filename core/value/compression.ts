/**
 * Compression of payloads, where it pays.
 *
 * @module
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** How a payload is compressed; the numbers are part of the stored format. */
export const COMPRESSION = { none: 0, deflateRaw: 1 } as const;

/** Below this, the 20 µs of a call to the compressor cost more than the bytes do. */
const SMALLEST = 512;

/** A long payload is tried on this much of its middle, since numbers and images do not shrink. */
const SAMPLE = 1 << 16;

/** Saving less than a tenth is not worth the reader's time. */
const PAYS = 0.9;

/** A payload as it is stored. */
export interface Compressed {
  /** One of {@linkcode COMPRESSION}. */
  readonly compression: number;
  readonly stored: Uint8Array;
}

/** Compresses a payload, or leaves it as it is. */
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

/** Undoes {@linkcode compress}. Throws where the bytes are not such, or their length is another. */
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
