/**
 * Numbers that no compressor makes shorter.
 *
 * @module
 */

/** Returns so many numbers between 0 and 1, always the same. */
export function numbers(length: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(length);
  const words = new Uint32Array(values.buffer);
  let x = 0x9e3779b9;
  for (let index = 0; index < words.length; index++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[index] = x;
  }
  // Sign and exponent of a number between 1 and 2: random ones would be NaN now and then.
  for (let index = 1; index < words.length; index += 2) words[index] = 0x3ff00000 | ((words[index] ?? 0) >>> 12);
  return values;
}
