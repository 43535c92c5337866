/**
 * An insecure cipher: each byte of the message is XORed with a letter of the key, which is repeated.
 *
 * @module
 */

/** Combines `message` with the key. Applied twice, it returns the message. */
export function combine(message: Uint8Array, key: Uint8Array): Uint8Array {
  return message.map((byte, index) => byte ^ (key[index % key.length] ?? 0));
}

/** Returns the position of `known` in the message that `key` gives, or -1. Decodes as little as possible. */
export function findKnown(secret: Uint8Array, key: Uint8Array, known: Uint8Array): number {
  const last = secret.length - known.length;
  for (let start = 0, phase = 0; start <= last; start++, phase = phase + 1 === key.length ? 0 : phase + 1) {
    let at = 0;
    let k = phase;
    while (at < known.length && ((secret[start + at] ?? 0) ^ (key[k] ?? 0)) === known[at]) {
      at++;
      k = k + 1 === key.length ? 0 : k + 1;
    }
    if (at === known.length) return start;
  }
  return -1;
}
