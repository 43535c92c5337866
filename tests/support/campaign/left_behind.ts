/**
 * Reads what a run left in a jugdir.
 *
 * @module
 */
import type { LockEntry } from "../../../backends/backend.ts";
import { parseSegmentName } from "../../../backends/file/segments/segment_name.ts";
import { openBackend } from "../../../backends/open.ts";
import { decodeRecord } from "../../../core/value/record.ts";

/** Returns every result (its value, or why it is damaged) and every lock. */
export async function leftBehind(address: string): Promise<{ values: unknown[]; locks: LockEntry[] }> {
  const backend = await openBackend(address);
  try {
    const values: unknown[] = [];
    for await (const hashes of backend.list()) {
      for (const bytes of await backend.load(hashes)) {
        const record = bytes === undefined ? undefined : decodeRecord(bytes);
        values.push(record?.kind === "valid" ? record.value : record?.reason);
      }
    }
    return { values, locks: (await Array.fromAsync(backend.listLocks())).flat() };
  } finally {
    await backend.close();
  }
}

/** Returns every lock; none if the jugdir does not exist. */
export async function locksIn(address: string): Promise<LockEntry[]> {
  const backend = await openBackend(address);
  try {
    return (await Array.fromAsync(backend.listLocks())).flat();
  } finally {
    await backend.close();
  }
}

/** What is in a file jugdir besides results and failures while processes work on it, or after they died. */
export interface Leftovers {
  readonly locks: readonly LockEntry[];
  /** The names of segments that nobody has closed. */
  readonly segments: readonly string[];
  /** The names of the files in tmp/. */
  readonly tmp: readonly string[];
  /** The processes that are registered. */
  readonly workers: readonly string[];
}

/** What processes leave that end in an orderly way. */
export const NOTHING: Leftovers = { locks: [], segments: [], tmp: [], workers: [] };

/** Returns what is left in the file jugdir at `root`. */
export async function leftoversIn(root: string): Promise<Leftovers> {
  return {
    segments: namesIn(`${root}/segments`).filter((name) => (parseSegmentName(name)?.state ?? "open") === "open"),
    tmp: namesIn(`${root}/tmp`),
    workers: namesIn(`${root}/workers`),
    // Last, since looking at the locks may seize a segment.
    locks: await locksIn(root),
  };
}

/** Returns the names in a folder, sorted; none if it is missing. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
