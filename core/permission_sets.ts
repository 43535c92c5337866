/**
 * The permission sets of the configuration file that Deno would find from the current folder on (`"permissions"` in
 * deno.json). With one of them (`deno run -P`) no flag can be added.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";

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

const KINDS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/**
 * Whether this process may do what a set gives, and no kind of thing as a whole beyond it. Deno does not tell which set it
 * was started with, if any.
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

type Kind = typeof KINDS[number];

function isKindGranted(kind: Kind, value: string | undefined, folder: string): boolean {
  try {
    return Deno.permissions.querySync(descriptorOf(kind, value, folder)).state === "granted";
  } catch {
    // No name of a host, or of what the system tells: Deno would not have started with it.
    return false;
  }
}

/** Paths are relative to the file's folder. */
function descriptorOf(kind: Kind, value: string | undefined, folder: string): Deno.PermissionDescriptor {
  switch (kind) {
    case "read":
    case "write":
    case "ffi":
      return value === undefined ? { name: kind } : { name: kind, path: resolve(folder, value) };
    case "run":
      return value === undefined ? { name: kind } : { name: kind, command: value };
    case "env":
      return value === undefined ? { name: kind } : { name: kind, variable: value };
    case "net":
    case "import":
      return value === undefined ? { name: kind } : { name: kind, host: value };
    case "sys":
      return isSysKind(value) ? { name: kind, kind: value } : { name: kind };
  }
}

type SysKind = NonNullable<Deno.SysPermissionDescriptor["kind"]>;

const SYS_KINDS: readonly string[] = [
  "loadavg",
  "hostname",
  "systemMemoryInfo",
  "networkInterfaces",
  "osRelease",
  "osUptime",
  "uid",
  "gid",
  "username",
  "cpus",
  "homedir",
  "statfs",
  "getPriority",
  "setPriority",
] satisfies readonly SysKind[];

function isSysKind(value: string | undefined): value is SysKind {
  return value !== undefined && SYS_KINDS.includes(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
