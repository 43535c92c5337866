/**
 * Bytes in parts, so that large buffers need not be copied to join them.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Returns how many bytes the parts have together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** Returns the bytes in one piece. It may be a view of a larger buffer: copy it to keep it. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}
