/**
 * A fast hash of short texts, for uses where collisions are harmless.
 *
 * @module
 */

/**
 * Returns the FNV-1a hash of the text's UTF-16 code units, as an unsigned 32-bit number.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
