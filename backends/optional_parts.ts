/**
 * The optional parts of the contract, each with what is done where a backend has it not: one that was written for an earlier
 * version of jug goes on working. Whoever works with a backend asks for these parts here and nowhere else.
 *
 * @module
 */
import { append } from "../core/append.ts";
import type { Hash } from "../core/brand.ts";
import type { Backend, CodeTable, Lock, ReleaseOutcome } from "./backend.ts";

/** How much is read at a time where results are loaded whole, in bytes, as far as the sizes of those before can tell. */
const READ_BYTES = 4 * 1024 * 1024;
const MAX_REACH = 64;

/** The first bytes of results, `length` of them or more; `undefined` where there is none. Else they are loaded whole. */
export async function loadHeads(
  backend: Backend,
  hashes: readonly Hash[],
  length: number,
): Promise<(Uint8Array | undefined)[]> {
  if (backend.loadHeads !== undefined) return await backend.loadHeads(hashes, length);
  const heads: (Uint8Array | undefined)[] = [];
  // How large a result is shows only when it is read, so this begins with one.
  let reach = 1;
  for (let start = 0; start < hashes.length;) {
    const results = await backend.load(hashes.slice(start, start + reach));
    start += reach;
    // A copy, so that the rest is kept by nobody.
    append(heads, results.map((bytes) => bytes?.slice(0, length)));
    const largest = results.reduce((most, bytes) => Math.max(most, bytes?.length ?? 0), 1);
    reach = Math.max(1, Math.min(2 * reach, MAX_REACH, Math.floor(READ_BYTES / largest)));
  }
  return heads;
}

const NO_CODES: CodeTable = { list: () => Promise.resolve([]), add: () => Promise.resolve() };

/** The table of texts of functions. Else nothing is kept, so that nothing is said of functions that changed. */
export function codesOf(backend: Backend): CodeTable {
  return backend.codes ?? NO_CODES;
}

/** Whether there is a table that results may refer to. */
export function keepsCodes(backend: Backend): boolean {
  return codesOf(backend) !== NO_CODES;
}

/** Gives up locks and answers which were still ours. Else all of them were, as far as can be told. */
export async function release(backend: Backend, locks: readonly Lock[]): Promise<readonly ReleaseOutcome[]> {
  return await backend.release(locks) ?? locks.map(() => "released");
}

/** Removes what dead processes left; answers how many things that were. Else there is nothing that could be tidied. */
export async function tidy(backend: Backend): Promise<number> {
  return await backend.tidy?.() ?? 0;
}
