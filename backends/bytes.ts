/**
 * Comparing bytes.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Whether `one` and `other` hold the same bytes. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}
