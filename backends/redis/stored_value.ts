/**
 * The value that is stored for a result under its task's hash. For a small result, it is `=` and the bytes. For a large
 * one, it is `@upload count length`, and the bytes are in separate keys, numbered from 0. So a listing transfers no
 * large values, and a result exists completely as soon as this value is written. Any other value was not written by
 * jug. It is returned as bytes, and the checks of the record refuse it.
 *
 * @module
 */

/** The most bytes that are stored under the hash itself. */
const INLINE_BYTES = 16 * 1024;

/**
 * The most parts of a result: a script checks each of them, and the server does nothing else meanwhile. If the
 * address's part size would result in more parts, larger parts are used.
 */
export const MAX_PARTS = 10_000;

const INLINE = "=".charCodeAt(0);
const IN_PARTS = "@".charCodeAt(0);

/** The parts of a large result. */
export interface Parts {
  /** Unique for each upload, so that two processes that store the same result do not mix their parts. */
  readonly upload: string;
  readonly count: number;
  readonly length: number;
}

/** The value that is stored under a hash. */
export type StoredValue = { readonly kind: "inline"; readonly bytes: Uint8Array } | {
  readonly kind: "parts";
  readonly parts: Parts;
};

/** Returns the size in bytes of each part except the last. `partBytes` is the address's part size. */
export function partSize({ length }: { readonly length: number }, partBytes: number): number {
  return Math.max(partBytes, Math.ceil(length / MAX_PARTS));
}

/** Whether a result is stored under the hash itself. */
export function isSmall(bytes: Uint8Array, partBytes: number): boolean {
  return bytes.length <= Math.min(INLINE_BYTES, partBytes);
}

/** Returns the value for a small result. */
export function inlineValue(bytes: Uint8Array): Uint8Array {
  const value = new Uint8Array(bytes.length + 1);
  value[0] = INLINE;
  value.set(bytes, 1);
  return value;
}

/** Returns the value for a large result. */
export function partsValue({ upload, count, length }: Parts): string {
  return `@${upload} ${count} ${length}`;
}

/** Whether this many parts can hold this many bytes: no part is empty. */
function isCountOfParts(count: number, length: number): boolean {
  return count > 0 && count <= Math.min(length, MAX_PARTS);
}

/** Parses a stored value. A value with more parts than there can be was not written by jug. */
export function readValue(value: Uint8Array): StoredValue {
  if (value[0] === INLINE) return { kind: "inline", bytes: value.subarray(1) };
  if (value[0] === IN_PARTS && value.length < 200) {
    const found = /^@([\w-]+) (\d{1,9}) (\d{1,15})$/.exec(new TextDecoder().decode(value));
    const [, upload = "", count = 0, length = 0] = found ?? [];
    if (isCountOfParts(Number(count), Number(length))) {
      return { kind: "parts", parts: { upload, count: Number(count), length: Number(length) } };
    }
  }
  return { kind: "inline", bytes: value };
}
