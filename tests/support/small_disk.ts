/**
 * A small disk for a test, on systems that allow mounting one.
 *
 * @module
 */
import { withTempDir } from "./temp_dir.ts";

/** A file system in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Remounts it with other options: `ro`, `size=1m`. */
  remount(options: string): void;
}

function run(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function mount(folder: string, options: string): boolean {
  return run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
}

/** Whether this process may mount a disk. */
export function canMount(): boolean {
  if (Deno.build.os !== "linux") return false;
  const folder = Deno.makeTempDirSync({ prefix: "jug_mount_" });
  const mounted = mount(folder, "size=64k");
  if (mounted) run("umount", folder);
  Deno.removeSync(folder);
  return mounted;
}

/** Calls `use` with a new disk, mounted with `options`. */
export function withSmallDisk(options: string, use: (disk: SmallDisk) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    if (!mount(folder, options)) throw new Error(`cannot mount a disk with ${options}`);
    try {
      await use({
        folder,
        remount: (changed) => {
          if (!run("mount", "-o", `remount,${changed}`, folder)) throw new Error(`cannot remount with ${changed}`);
        },
      });
    } finally {
      run("umount", folder);
    }
  });
}
