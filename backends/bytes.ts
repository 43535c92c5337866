/**
 * Bytes, compared.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Whether these are the same bytes. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}
