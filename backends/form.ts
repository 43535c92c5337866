/**
 * The form that what comes out of a store must have before it becomes part of a path, a key, a length of time or a message:
 * a store may be somebody else's. docs/store-input.md lists what comes from where. (Hashes: `isHash` in core/brand.ts.)
 *
 * @module
 */

/** Whether `text` has the form of an owner's id. */
export function isOwnerId(text: string): boolean {
  return /^[A-Za-z0-9-]{1,72}$/.test(text);
}

/** Two of them and a hash are a file's name of 255 characters at most. */
const LONGEST_TOKEN = 106;
const TOKEN = /^([A-Za-z0-9-]{1,72})\.\d+\.[0-9a-z-]+$/;

/** The owner's part of a lock's token; `undefined` if it is no token. */
export function ownerOf(token: string): string | undefined {
  return token.length > LONGEST_TOKEN ? undefined : TOKEN.exec(token)?.[1];
}

/** How an owner is called whose id is none. */
export const UNKNOWN_OWNER = "unknown";

/** The longest lease that a timer can wait for, in milliseconds. */
const LONGEST_LEASE_MS = 2 ** 31 - 1;

/** A lease in milliseconds; `undefined` for what is none. */
export function leaseOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= LONGEST_LEASE_MS ? value : undefined;
}

/** The lease of whoever left none, in milliseconds. */
export const ORPHAN_LEASE_MS = 30_000;

/** The id of a function's code: 16 hexadecimal digits. */
export function isCodeId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}
