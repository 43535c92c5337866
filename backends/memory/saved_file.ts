/**
 * The file of a memory backend. It holds the whole store, is read at the start and written at the end.
 *
 * The file is a line `jug memory 1`, then the entries, then a line with their number, so that a truncated file is
 * detected. An entry is a line of JSON (kind, hash, length, a failure's token), the bytes, and a line end.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type Hash, isHash } from "../../core/brand.ts";
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { ownerOf } from "../validation.ts";
import { statIfThere } from "../file_stat.ts";
import type { MemoryFailure, MemoryStore } from "./store.ts";

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

type Contents = Pick<MemoryStore, "results" | "failures">;

const MAGIC = "jug memory 1\n";
const LINE_END = 0x0a;

function errorOf(address: string, error: unknown): JugError {
  if (isJugError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof Deno.errors.NotCapable ? missingPermission(text) : undefined;
  if (refusal !== undefined) return new JugError("backend", `"${address}": ${refusal}`, { cause: error });
  const remedy = "Check that its folder exists and is writable, and that the disk is not full";
  return new JugError("backend", `"${address}" cannot be read or saved: ${text}`, { remedy, cause: error });
}

function write({ results, failures }: Contents): Uint8Array[] {
  const parts: Uint8Array[] = [Buffer.from(MAGIC)];
  const add = (entry: Entry, bytes: Uint8Array) => {
    parts.push(Buffer.from(`${JSON.stringify({ ...entry, length: bytes.length })}\n`), bytes, Buffer.from("\n"));
  };
  for (const [hash, bytes] of results) add({ kind: "result", hash }, bytes);
  for (const [hash, { token, bytes }] of failures) add({ kind: "failure", hash, token }, bytes);
  parts.push(Buffer.from(`${results.size + failures.size}\n`));
  return parts;
}

interface Entry {
  readonly kind: "result" | "failure";
  readonly hash: Hash;
  readonly token?: string;
}

function parseEntry(line: string): Entry & { length: number } | undefined {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== "object" || entry === null) return undefined;
  if (!("kind" in entry) || !("hash" in entry) || !("length" in entry)) return undefined;
  const { kind, hash, length } = entry;
  if (typeof hash !== "string" || !isHash(hash)) return undefined;
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) return undefined;
  if (kind === "result") return { kind, hash, length };
  const token = "token" in entry && typeof entry.token === "string" ? entry.token : undefined;
  return kind === "failure" && token !== undefined && ownerOf(token) !== undefined
    ? { kind, hash, token, length }
    : undefined;
}

function read(bytes: Uint8Array, address: string): Contents {
  const results = new Map<Hash, Uint8Array>();
  const failures = new Map<Hash, MemoryFailure>();
  const text = new TextDecoder();
  const damaged = new JugError("backend", `"${address}" is not a complete jug file`, {
    remedy: "Choose another file with --jugdir, or move this one away",
  });
  if (text.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw damaged;
  for (let at = MAGIC.length;;) {
    const end = bytes.indexOf(LINE_END, at);
    const line = text.decode(bytes.subarray(at, end));
    if (end < 0) throw damaged;
    if (/^\d+$/.test(line)) {
      if (Number(line) !== results.size + failures.size || end + 1 !== bytes.length) throw damaged;
      return { results, failures };
    }
    let entry;
    try {
      entry = parseEntry(line);
    } catch {
      throw damaged;
    }
    if (entry === undefined) throw damaged;
    const { hash, token, length } = entry;
    const value = bytes.slice(end + 1, end + 1 + length);
    at = end + 1 + length + 1;
    if (bytes[at - 1] !== LINE_END) throw damaged;
    if (token === undefined) results.set(hash, value);
    else failures.set(hash, { token, bytes: value });
  }
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
    const { results, failures } = read(bytes, address);
    for (const [hash, result] of results) store.results.set(hash, result);
    for (const [hash, failure] of failures) store.failures.set(hash, failure);
  });
  // The store announces no change when failures are removed, so compare their number.
  let failureCount = store.failures.size;
  store.listen(() => void (isChanged = true));
  return {
    save: () =>
      explained(address, () => {
        if (!isChanged && store.failures.size === failureCount) return;
        withDraft(path, (draft, name) => {
          for (const part of write(store)) {
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
