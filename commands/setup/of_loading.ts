/**
 * Of all that a process asked for, what is not jug's own.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isForeignFile } from "../../core/caller.ts";
import type { Need } from "../permissions/need.ts";
import { jugdirNeeds, libraryFolder, libraryHost } from "../permissions/own_needs.ts";

/**
 * What the jugfile and its tasks asked for. What jug asks of the jugdir is known by the backend: some of it is tried and
 * done without, such as the files beside a database.
 */
export function ofLoading(needs: readonly Need[], jugdir: string): Need[] {
  // The place itself: where what is written beside it needs the folder around it, the jugfile may lie in there too.
  const own = jugdirNeeds(jugdir, "read");
  const folders = own.flatMap(({ kind, value }) => isPath(kind) && value !== undefined ? [resolve(value)] : []);
  const hosts = new Set(own.filter(({ kind }) => kind === "net").map(({ value }) => value));
  return needs.flatMap((need): Need[] => {
    const { kind, value } = need;
    if (kind === "net" && hosts.has(value)) return [];
    // Deno lets a program import from the host that it came from.
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

/** What a backend makes beside the place itself: SQLite's files and the folder of workers, what a save is drafted in. */
const BESIDE = /^(?:-(?:wal|shm|journal|workers)(?:[\\/].*)?|\..*\.tmp)$/s;

/** The file or folder itself, what lies in it, and what the backend makes beside it under a longer name. */
function isBelongingTo(folder: string, path: string): boolean {
  if (path === folder || path.startsWith(`${folder}${sep}`)) return true;
  return path.startsWith(folder) && BESIDE.test(path.slice(folder.length));
}

/** Modules of the library are read as soon as one of them is, so the folder stands for all. */
function wholeLibrary(path: string): string {
  const folder = libraryFolder();
  return folder !== undefined && isForeignFile(pathToFileURL(path).href) ? folder : path;
}
