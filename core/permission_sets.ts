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

/** Whether this process has all that a set gives. Deno does not tell which set it was started with, if any. */
function isGranted(set: unknown, folder: string): boolean {
  return isObject(set) && Object.entries(set).every(([kind, given]) => {
    const allowed = isObject(given) ? given["allow"] : given;
    const values = allowed === true ? [undefined] : Array.isArray(allowed) ? allowed : [];
    return values.every((value) => isKindGranted(kind, typeof value === "string" ? value : undefined, folder));
  });
}

function isKindGranted(kind: string, value: string | undefined, folder: string): boolean {
  const descriptor = descriptorOf(kind, value, folder);
  try {
    return descriptor === undefined || Deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    // No name of a host, or of what the system tells: Deno would not have started with it.
    return false;
  }
}

/** `undefined` for a kind that nobody can ask about. Paths are relative to the file's folder. */
function descriptorOf(kind: string, value: string | undefined, folder: string): Deno.PermissionDescriptor | undefined {
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
    default:
      return undefined;
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
