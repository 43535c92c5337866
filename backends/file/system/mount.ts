/**
 * Which kind of file system a folder lies on.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Mount } from "./file_system.ts";
import { readProc } from "../../proc.ts";

/** File systems without a block device of their own that no other host can change. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(["bcachefs", "btrfs", "overlay", "ramfs", "tmpfs", "zfs"]);

/** What /proc/self/mountinfo says of a device; its format is in proc_pid_mountinfo(5). */
export function parseMountInfo(text: string, device: string): Pick<Mount, "type" | "options"> | undefined {
  for (const line of text.split("\n")) {
    const [mounted = "", superblock = ""] = line.split(" - ", 2);
    if (mounted.split(" ")[2] !== device) continue;
    const [type, , options = ""] = superblock.split(" ");
    if (type !== undefined) return { type, options: options.split(",") };
  }
  return undefined;
}

const LOCAL: Mount = { kind: "local", tellsByTime: false };
const UNKNOWN: Mount = { kind: "network", tellsByTime: true };

/** NFSv4 counts a folder's changes. */
export function isVersion4({ type, options = [] }: Pick<Mount, "type" | "options">): boolean {
  return type === "nfs4" || options.some((option) => /^(nfs)?vers=4/.test(option));
}

/** The major and minor number in Linux's `st_dev`, as glibc takes them apart. */
function partsOf(dev: number): { major: number; minor: number } {
  const bits = BigInt(dev);
  return {
    major: Number((bits >> 8n) & 0xfffn | (bits >> 32n) & ~0xfffn),
    minor: Number(bits & 0xffn | (bits >> 12n) & ~0xffn),
  };
}

/** The device that `path` lies on, or would lie on; `undefined` where that may not be asked. */
function deviceOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).dev;
  } catch (error) {
    const above = dirname(path);
    return error instanceof Deno.errors.NotFound && above !== path ? deviceOf(above) : undefined;
  }
}

/**
 * The file system that `path` lies on, or would lie on. One on a block device is local. Where there is none, and the type
 * may not be asked, it counts as a network's: that is slower in places, and never wrong.
 */
export function mountOf(path: string): Mount {
  // A folder cannot be refreshed on Windows, so there is nothing that could be done otherwise.
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
  return { kind: "network", tellsByTime: !isVersion4(found), ...found };
}
