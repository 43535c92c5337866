/**
 * A small hash of short texts, for where a collision does no harm.
 *
 * @module
 */

/** FNV-1a over the text's code units: 32 bits, unsigned. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
