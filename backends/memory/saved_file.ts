/**
 * The file of a memory backend. It holds the whole store, is read at the start and written at the end.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { statIfThere } from "../file_stat.ts";
import { readContents, writeContents } from "./saved_text.ts";
import type { MemoryStore } from "./store.ts";

/** The location of the file. */
export interface MemoryFilePlace {
  /** An absolute path if the process may change its working directory. */
  readonly path: string;
  /** The name in messages. */
  readonly address: string;
}

/** The file of one store. */
export interface MemoryFile {
  /**
   * Writes the store to a new file and renames it into place, if the store has changed. It replaces what other
   * processes saved in the meantime.
   */
  save(): void;
}

function errorOf(address: string, error: unknown): JugError {
  if (isJugError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof Deno.errors.NotCapable ? missingPermission(text) : undefined;
  if (refusal !== undefined) return new JugError("backend", `"${address}": ${refusal}`, { cause: error });
  const remedy = "Check that its folder exists and is writable, and that the disk is not full";
  return new JugError("backend", `"${address}" cannot be read or saved: ${text}`, { remedy, cause: error });
}

/** Returns the file's bytes, `undefined` if the file does not exist. */
function readFile(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Calls `use` with a new file beside `path` that has a unique name. Removes the file afterwards, unless `use` renamed
 * it.
 */
function withDraft(path: string, use: (draft: Deno.FsFile, name: string) => void): void {
  const name = `${path}.${crypto.randomUUID()}.tmp`;
  using draft = Deno.openSync(name, { write: true, createNew: true });
  try {
    use(draft, name);
  } finally {
    if (statIfThere(name) !== undefined) Deno.removeSync(name);
  }
}

function explained(address: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw errorOf(address, error);
  }
}

/**
 * Tries everything that saving needs, without changing anything, so that a run whose results cannot be saved does not
 * start.
 *
 * @throws {JugError} of kind "backend", if the file could not be saved
 */
export function tryMemoryFile({ path, address }: MemoryFilePlace): void {
  explained(address, () =>
    withDraft(path, () => {
      try {
        // This has no effect, but needs the same permissions as replacing the file.
        Deno.renameSync(path, path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }));
}

/**
 * Reads the file into the store, if the file exists.
 *
 * @throws {JugError} of kind "backend", if the file cannot be read or was not written by jug
 */
export function openMemoryFile({ path, address }: MemoryFilePlace, store: MemoryStore): MemoryFile {
  let isChanged = false;
  explained(address, () => {
    const bytes = readFile(path);
    if (bytes === undefined) return;
    const contents = readContents(bytes);
    if (contents === undefined) {
      throw new JugError("backend", `"${address}" is not a complete jug file`, {
        remedy: "Choose another file with --jugdir, or move this one away",
      });
    }
    for (const [hash, result] of contents.results) store.results.set(hash, result);
    for (const [hash, failure] of contents.failures) store.failures.set(hash, failure);
    for (const [id, facts] of contents.processes) store.processes.set(id, facts);
    for (const [id, text] of contents.codes) store.codes.set(id, text);
    for (const summary of contents.durations.summaries()) store.durations.include(summary);
  });
  // The store announces no change when failures are removed, so compare their number.
  let failureCount = store.failures.size;
  store.listen(() => void (isChanged = true));
  return {
    save: () =>
      explained(address, () => {
        if (!isChanged && store.failures.size === failureCount) return;
        withDraft(path, (draft, name) => {
          for (const part of writeContents(store)) {
            for (let at = 0; at < part.length;) at += draft.writeSync(part.subarray(at));
          }
          draft.syncDataSync();
          Deno.renameSync(name, path);
        });
        isChanged = false;
        failureCount = store.failures.size;
      }),
  };
}
