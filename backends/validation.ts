/**
 * Checks the form of everything read from a store before it becomes part of a path, a key, a duration or a message:
 * another program may have written the store. docs/store-input.md lists what is read from where. (For hashes see
 * `isHash` in core/brand.ts.)
 *
 * @module
 */

/** Whether `text` has the form of an owner's id. */
export function isOwnerId(text: string): boolean {
  return /^[A-Za-z0-9-]{1,72}$/.test(text);
}

/** A file name that holds a hash and two tokens (see `disposal.ts`) then has at most 255 characters. */
const LONGEST_TOKEN = 106;
const TOKEN = /^([A-Za-z0-9-]{1,72})\.\d+\.[0-9a-z-]+$/;

/** Returns the owner's part of a lock's token, `undefined` if `token` is not a token. */
export function ownerOf(token: string): string | undefined {
  return token.length > LONGEST_TOKEN ? undefined : TOKEN.exec(token)?.[1];
}

/** The name shown for an owner whose id is not valid. */
export const UNKNOWN_OWNER = "unknown";

/** The longest lease that a timer can wait for, in milliseconds. */
const LONGEST_LEASE_MS = 2 ** 31 - 1;

/** Returns `value` if it is a valid lease in milliseconds, otherwise `undefined`. */
export function leaseOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= LONGEST_LEASE_MS ? value : undefined;
}

/** The lease assumed for an owner whose lease is unknown, in milliseconds. */
export const ORPHAN_LEASE_MS = 30_000;

/** Whether `text` has the form of a code's id: 16 hexadecimal digits. */
export function isCodeId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** Whether `text` has the form of the id of a module's text, or of a list of modules: 32 hexadecimal digits. */
export function isSourceId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** Whether `text` may be the id of an entry in the table of texts. */
export function isTextId(text: string): boolean {
  return isCodeId(text) || isSourceId(text);
}

/** The most characters of the command line options that are kept of a process. */
export const MAX_OPTIONS = 1000;
