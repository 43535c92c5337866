/**
 * The permission sets of the configuration file that Deno would find from the current folder on (`"permissions"` in
 * deno.json). With one of them (`deno run -P`) no flag can be added.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { descriptorOf, type Kind, KINDS } from "./permission_kinds.ts";

/** A configuration file that holds permission sets. */
export interface PermissionSets {
  /** Its path; the bare name where it lies in the current folder. */
  readonly file: string;
  /** The names of the sets that this process may have been started with, at least one. */
  readonly names: readonly string[];
}

/** Those of the nearest configuration file; `undefined` where it holds none, or may not be read. Never prompts. */
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
    // Not there, or nothing that Deno could read either.
    return undefined;
  }
}

/** A file with comments is left alone: what is said then names the flag. */
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
 * Whether this process may have been started with a set: it has all that the set gives, and has no kind as a whole that the
 * set gives in part or not at all. Deno itself does not tell.
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
  // Paths are relative to the file's folder.
  const descriptor = descriptorOf(kind, isPath && value !== undefined ? resolve(folder, value) : value);
  try {
    return descriptor !== undefined && Deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    // No name of a host: Deno would not have started with it.
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
