/**
 * The optional members of the contract, each with a fallback for backends that lack it, so that a backend written for
 * an earlier version of jug still works. Callers use these functions instead of the members themselves.
 *
 * @module
 */
import { append } from "../core/lists.ts";
import type { Hash } from "../core/brand.ts";
import type {
  Backend,
  CodeTable,
  DurationSummary,
  Lock,
  ProcessEntry,
  ReleaseOptions,
  ReleaseOutcome,
} from "./backend.ts";
import { DurationSums } from "./duration_classes.ts";

/** How many bytes to load at a time if results are loaded whole, estimated from the sizes of the results before. */
const READ_BYTES = 4 * 1024 * 1024;
const MAX_REACH = 64;

/**
 * Returns the first bytes of results, `length` or more, `undefined` if there is none. Fallback: loads the results
 * whole.
 */
export async function loadHeads(
  backend: Backend,
  hashes: readonly Hash[],
  length: number,
): Promise<(Uint8Array | undefined)[]> {
  if (backend.loadHeads !== undefined) return await backend.loadHeads(hashes, length);
  const heads: (Uint8Array | undefined)[] = [];
  // The size of a result is known only after it is loaded, so start with one.
  let reach = 1;
  for (let start = 0; start < hashes.length;) {
    const results = await backend.load(hashes.slice(start, start + reach));
    start += reach;
    // A copy, so that the rest of the result can be freed.
    append(heads, results.map((bytes) => bytes?.slice(0, length)));
    const largest = results.reduce((most, bytes) => Math.max(most, bytes?.length ?? 0), 1);
    reach = Math.max(1, Math.min(2 * reach, MAX_REACH, Math.floor(READ_BYTES / largest)));
  }
  return heads;
}

const NO_CODES: CodeTable = { list: () => Promise.resolve([]), add: () => Promise.resolve() };

/**
 * Returns the table of function texts. Fallback: stores nothing, so that jug does not report functions that changed.
 */
export function codesOf(backend: Backend): CodeTable {
  return backend.codes ?? NO_CODES;
}

/** Whether the backend has a table that results may refer to. */
export function keepsCodes(backend: Backend): boolean {
  return codesOf(backend) !== NO_CODES;
}

/** Whether the table also keeps the texts of modules. */
export function keepsSources(backend: Backend): boolean {
  return codesOf(backend).load !== undefined;
}

/** Returns the texts of these entries of the table. Fallback: all are missing. */
export async function loadTexts(backend: Backend, ids: readonly string[]): Promise<readonly (string | undefined)[]> {
  return ids.length === 0 ? [] : await codesOf(backend).load?.(ids) ?? ids.map(() => undefined);
}

/** Releases locks and returns which ones this process still held. Fallback: assumes that it held all of them. */
export async function release(
  backend: Backend,
  locks: readonly Lock[],
  options?: ReleaseOptions,
): Promise<readonly ReleaseOutcome[]> {
  return await backend.release(locks, options) ?? locks.map(() => "released");
}

/** Removes what dead processes left behind and returns how many items were removed. Fallback: removes nothing. */
export async function tidy(backend: Backend): Promise<number> {
  return await backend.tidy?.() ?? 0;
}

async function* nothing(): AsyncGenerator<never> {}

/** Lists the processes that joined. Fallback: none. */
export function listProcesses(backend: Backend): AsyncIterable<readonly ProcessEntry[]> {
  return backend.listProcesses?.() ?? nothing();
}

/**
 * Returns a summary of the durations for each function. Fallback: sums up the runs of the present results, if the
 * backend lists them.
 */
export async function listDurations(backend: Backend): Promise<readonly DurationSummary[]> {
  if (backend.listDurations !== undefined) return await backend.listDurations();
  const sums = new DurationSums();
  for await (const runs of backend.listRuns?.() ?? nothing()) {
    for (const { kind, name, start, finish } of runs) if (kind === "result") sums.add(name, finish - start);
  }
  return sums.summaries();
}
