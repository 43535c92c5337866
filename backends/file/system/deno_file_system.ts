/**
 * The file system, accessed through Deno.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { isInputOutputError, isStale, isUnsupported } from "../errors.ts";
import type { FileSystem, OpenFile, OpenMode, Timer } from "./file_system.ts";
import { mountOf } from "./mount.ts";
import { watchFolder } from "./watch.ts";

/**
 * Whether a file is gone. If a file is removed while it is read, the server of a network file system calls its handle
 * stale.
 */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || isStale(error);
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const OPEN: Readonly<Record<OpenMode, Deno.OpenOptions>> = {
  read: { read: true },
  create: { createNew: true, read: true, write: true },
};

function openFile(path: string, mode: OpenMode): OpenFile {
  const file = Deno.openSync(path, OPEN[mode]);
  const close = () => file.close();
  return {
    tryLock: (kind) => file.tryLockSync(kind === "exclusive"),
    size: () => file.statSync().size,
    read(position, length) {
      const bytes = new Uint8Array(length);
      file.seekSync(position, Deno.SeekMode.Start);
      for (let at = 0; at < length;) {
        const read = file.readSync(bytes.subarray(at));
        if (read === null || read === 0) return bytes.subarray(0, at);
        at += read;
      }
      return bytes;
    },
    write(bytes, position) {
      file.seekSync(position, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    },
    sync: () => file.syncDataSync(),
    close,
    [Symbol.dispose]: close,
  };
}

const HOUR_MS = 3_600_000;

/** Whether a call needs no question. Without the permission, Deno would ask the user for it on a terminal. */
function isGranted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/** The file system, accessed through Deno. */
export const denoFileSystem: FileSystem = {
  exists: existsSync,
  stat(path) {
    const stat = ifThere(() => Deno.statSync(path));
    if (stat === undefined) return undefined;
    const { isDirectory, size, mtime, ino } = stat;
    return { isDirectory, size, mtime: mtime?.getTime(), ino: ino ?? undefined };
  },
  read: (path) => ifThere(() => Deno.readFileSync(path)),
  names: (folder) => ifThere(() => Array.from(Deno.readDirSync(folder), ({ name }) => name)) ?? [],
  open: openFile,
  create(path, bytes) {
    try {
      Deno.writeFileSync(path, bytes, { createNew: true });
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  },
  link(from, to) {
    try {
      Deno.linkSync(from, to);
      return "linked";
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return "exists";
      if (isUnsupported(error)) return "unsupported";
      throw error;
    }
  },
  rename: (from, to) => Deno.renameSync(from, to),
  remove: (path) => ifThere(() => (Deno.removeSync(path), true)) ?? false,
  makeFolder: (path) => Deno.mkdirSync(path, { recursive: true }),
  truncate: (path, length) => Deno.truncateSync(path, length),
  refresh(folder) {
    if (Deno.build.os === "windows") return existsSync(folder);
    return ifThere(() => (Deno.openSync(folder).close(), true)) ?? false;
  },
  stamp(folder, withinMs = HOUR_MS) {
    if (!isGranted("write", folder)) return;
    // Deno sets whole milliseconds. A random one is used, so that no two times are the same.
    const time = new Date(Date.now() - Math.floor(Math.random() * withinMs));
    try {
      Deno.utimeSync(folder, time, time);
    } catch (error) {
      // Only the folder's owner may set its time.
      if (!(error instanceof Deno.errors.PermissionDenied) && !isGone(error)) throw error;
    }
  },
  syncFolder(folder) {
    if (!isGranted("read", folder)) return;
    try {
      using file = Deno.openSync(folder);
      file.syncSync();
    } catch (error) {
      // Windows and some file systems cannot sync a folder.
      if (isInputOutputError(error)) throw error;
    }
  },
  mount: mountOf,
  watch: watchFolder,
};

/** A timer of this thread. */
export const threadTimer: Timer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};
