/**
 * The scheme of a jugdir's address.
 *
 * @module
 */

/**
 * Returns the scheme in lower case, with its colon, or `undefined` for the path of a folder. A single letter is a Windows
 * drive.
 */
export function schemeOf(address: string): string | undefined {
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.exec(address)?.[0].toLowerCase();
}

/** Whether the store at `address` is in the memory of one process, where only its own threads reach it. */
export function isMemoryAddress(address: string): boolean {
  return schemeOf(address) === "memory:";
}
