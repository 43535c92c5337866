/**
 * Separates the permissions that the jugfile and its tasks asked for from those that jug itself asked for.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isForeignFile } from "../../core/caller.ts";
import type { Need } from "../deno_flags/need.ts";
import { jugdirNeeds, libraryFolder, libraryHost } from "../deno_flags/own_needs.ts";

/**
 * Returns the needs of the jugfile and its tasks. Needs for the jugdir are left out: they are known from the backend,
 * and some of those that were observed are optional, such as the files next to a database.
 */
export function ofLoading(needs: readonly Need[], jugdir: string): Need[] {
  // With "read", this is the jugdir itself. With "write", it may be its parent folder, which may contain the jugfile.
  const own = jugdirNeeds(jugdir, "read");
  const folders = own.flatMap(({ kind, value }) => isPath(kind) && value !== undefined ? [resolve(value)] : []);
  const hosts = new Set(own.filter(({ kind }) => kind === "net").map(({ value }) => value));
  return needs.flatMap((need): Need[] => {
    const { kind, value } = need;
    if (kind === "net" && hosts.has(value)) return [];
    // Deno allows a program to import from the host that it was loaded from.
    if (kind === "import" && value === libraryHost()) return [];
    if (!isPath(kind) || value === undefined) return [need];
    const path = resolve(value);
    if (folders.some((folder) => isBelongingTo(folder, path))) return [];
    return [{ kind, value: kind === "read" ? wholeLibrary(path) : path }];
  });
}

function isPath(kind: Need["kind"]): boolean {
  return kind === "read" || kind === "write" || kind === "ffi";
}

/** What a backend creates next to the jugdir: SQLite's files, the `-workers` folder, and temporary files of a save. */
const BESIDE = /^(?:-(?:wal|shm|journal|workers)(?:[\\/].*)?|\..*\.tmp)$/s;

/** Whether `path` is the file or folder itself, is inside it, or is created next to it by the backend. */
function isBelongingTo(folder: string, path: string): boolean {
  if (path === folder || path.startsWith(`${folder}${sep}`)) return true;
  return path.startsWith(folder) && BESIDE.test(path.slice(folder.length));
}

/** Replaces a module of the library with the library's folder: if one module is read, others are, too. */
function wholeLibrary(path: string): string {
  const folder = libraryFolder();
  return folder !== undefined && isForeignFile(pathToFileURL(path).href) ? folder : path;
}
