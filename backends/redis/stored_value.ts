/**
 * What is kept of a result under its task's hash: `=` and the bytes of a small one; of a large one
 * `@upload count length`, its bytes being in keys of their own, numbered from 0. A listing carries no large value this way,
 * and a result is there as soon as this line is, whole or not at all. Anything else is foreign and is handed out as it is:
 * the record's own checks refuse it.
 *
 * @module
 */

/** The most bytes that are kept under the hash itself. */
const INLINE_BYTES = 16 * 1024;

/**
 * The most parts that a result has: a script asks for each of them, and the server does nothing else meanwhile. What is cut
 * into more by the address's option is cut into larger ones.
 */
export const MAX_PARTS = 10_000;

const INLINE = "=".charCodeAt(0);
const IN_PARTS = "@".charCodeAt(0);

/** The parts of a large result. */
export interface Parts {
  /** Unique for each upload, so that two who store the same result do not mix their parts. */
  readonly upload: string;
  readonly count: number;
  readonly length: number;
}

/** What is kept under a hash. */
export type StoredValue = { readonly kind: "inline"; readonly bytes: Uint8Array } | {
  readonly kind: "parts";
  readonly parts: Parts;
};

/** Of how many bytes each part is, but for the last, where the address says `partBytes`. */
export function partSize({ length }: { readonly length: number }, partBytes: number): number {
  return Math.max(partBytes, Math.ceil(length / MAX_PARTS));
}

/** Whether a result is kept under the hash itself. */
export function isSmall(bytes: Uint8Array, partBytes: number): boolean {
  return bytes.length <= Math.min(INLINE_BYTES, partBytes);
}

/** What is kept of a small result. */
export function inlineValue(bytes: Uint8Array): Uint8Array {
  const value = new Uint8Array(bytes.length + 1);
  value[0] = INLINE;
  value.set(bytes, 1);
  return value;
}

/** What is kept of a large result. */
export function partsValue({ upload, count, length }: Parts): string {
  return `@${upload} ${count} ${length}`;
}

/** Whether so many parts can hold so many bytes: no part is empty. */
function isCountOfParts(count: number, length: number): boolean {
  return count > 0 && count <= Math.min(length, MAX_PARTS);
}

/** Understands what is kept. What names more parts than there can be is foreign, too. */
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
