/**
 * Finds out which kind of file system holds a folder.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Mount } from "./file_system.ts";
import { readProc } from "../../proc_files.ts";

/** File systems without their own block device that no other host can change. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(["bcachefs", "btrfs", "overlay", "ramfs", "tmpfs", "zfs"]);

/** Finds a device in the text of /proc/self/mountinfo. proc_pid_mountinfo(5) describes the format. */
export function parseMountInfo(text: string, device: string): Pick<Mount, "type" | "options"> | undefined {
  for (const line of text.split("\n")) {
    const [mounted = "", superblock = ""] = line.split(" - ", 2);
    if (mounted.split(" ")[2] !== device) continue;
    const [type, , options = ""] = superblock.split(" ");
    if (type !== undefined) return { type, options: options.split(",") };
  }
  return undefined;
}

const LOCAL: Mount = { kind: "local" };
const UNKNOWN: Mount = { kind: "network" };

/** Splits Linux's `st_dev` into the major and the minor number, as glibc does. */
function partsOf(dev: number): { major: number; minor: number } {
  const bits = BigInt(dev);
  return {
    major: Number((bits >> 8n) & 0xfffn | (bits >> 32n) & ~0xfffn),
    minor: Number(bits & 0xffn | (bits >> 12n) & ~0xffn),
  };
}

/** Returns the device that holds `path`, or would hold it if it existed; `undefined` if this may not be read. */
function deviceOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).dev;
  } catch (error) {
    const above = dirname(path);
    return error instanceof Deno.errors.NotFound && above !== path ? deviceOf(above) : undefined;
  }
}

/**
 * Returns the file system that holds `path`, or would hold it if it existed. A file system on a block device is local.
 * Without a block device, and if the type may not be read, the file system counts as a network's. That is slower in
 * places, but never wrong.
 */
export function mountOf(path: string): Mount {
  // On Windows a folder cannot be refreshed, so there is nothing to do differently for a network.
  if (Deno.build.os === "windows") return LOCAL;
  if (Deno.build.os !== "linux") return UNKNOWN;
  const device = deviceOf(path);
  if (device === undefined) return UNKNOWN;
  const { major, minor } = partsOf(device);
  if (major !== 0) return LOCAL;
  const text = readProc("/proc/self/mountinfo");
  const found = text === undefined ? undefined : parseMountInfo(text, `${major}:${minor}`);
  if (found === undefined) return UNKNOWN;
  if (found.type !== undefined && LOCAL_TYPES.has(found.type)) return { ...LOCAL, ...found };
  return { ...UNKNOWN, ...found };
}
