/**
 * Finds the permission sets (`"permissions"` in deno.json) of the configuration file that Deno finds from the current
 * folder upwards. If a process was started with such a set (`deno run -P`), the user cannot add a flag.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { descriptorOf, type Kind, KINDS } from "./permission_kinds.ts";

/** A configuration file that holds permission sets. */
export interface PermissionSets {
  /** Its path; only the name if the file is in the current folder. */
  readonly file: string;
  /** The names of the sets with which this process may have been started, at least one. */
  readonly names: readonly string[];
}

/**
 * Returns the sets of the nearest configuration file with which this process may have been started; `undefined` if
 * there are none, or the file may not be read. Never prompts.
 */
export function permissionSetsHere(): PermissionSets | undefined {
  if (Deno.permissions.querySync({ name: "read", path: "." }).state !== "granted") return undefined;
  const start = Deno.cwd();
  for (let folder = start;; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const text = readIfAllowed(join(folder, name));
      if (text === undefined) continue;
      const names = namesIn(text, folder);
      return names.length === 0 ? undefined : { file: folder === start ? name : join(folder, name), names };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function readIfAllowed(path: string): string | undefined {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // The file does not exist, or Deno cannot read it either.
    return undefined;
  }
}

/** Returns the names of the granted sets. For a file with comments, returns none: the message then names the flag. */
function namesIn(text: string, folder: string): string[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return [];
  }
  const sets = isObject(config) ? config["permissions"] : undefined;
  if (!isObject(sets)) return [];
  return Object.keys(sets).filter((name) => isGranted(sets[name], folder));
}

/**
 * Whether this process may have been started with a set: it has all permissions of the set, and has no kind as a whole
 * that the set grants in part or not at all. Deno does not report the set itself.
 */
function isGranted(set: unknown, folder: string): boolean {
  return isObject(set) && KINDS.every((kind) => {
    const given = set[kind];
    const allowed = isObject(given) ? given["allow"] : given;
    if ((allowed === true) !== isKindGranted(kind, undefined, folder)) return false;
    const values = Array.isArray(allowed) ? allowed : [];
    return values.every((value) => typeof value === "string" && isKindGranted(kind, value, folder));
  });
}

function isKindGranted(kind: Kind, value: string | undefined, folder: string): boolean {
  const isPath = kind === "read" || kind === "write" || kind === "ffi";
  // Paths in the file are relative to its folder.
  const descriptor = descriptorOf(kind, isPath && value !== undefined ? resolve(folder, value) : value);
  try {
    return descriptor !== undefined && Deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    // The value is not a valid host: Deno would not have started with it.
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
