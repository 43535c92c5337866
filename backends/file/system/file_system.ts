/**
 * What the file backend needs of a file system. All its reads and writes use this interface, so that tests can
 * substitute a simulated file system with caches like those of an NFS client, with crashes, and with failing calls.
 *
 * Calls are synchronous: for small files this costs a tenth of what an asynchronous call does. Expected outcomes are
 * return values. Everything else is thrown as Deno does: `Deno.errors.NotFound`, or an error with the system's `code`
 * (`ENOSPC`, `EIO`, …).
 *
 * @module
 */

import { isStale } from "../errors.ts";

/** The status of a file. */
export interface FileStat {
  readonly isDirectory: boolean;
  /** In bytes. */
  readonly size: number;
  /**
   * When the content (of a folder: the names in it) last changed, in milliseconds. The zero depends on the file system.
   */
  readonly mtime: number | undefined;
  /** The inode number. Hard links to the same file have the same number. */
  readonly ino: number | undefined;
}

/** The outcome of creating a hard link. */
export type LinkOutcome = "linked" | "exists" | "unsupported";

/**
 * How to open a file.
 *
 * - `read`: an existing file, for reading
 * - `create`: a new file, for reading and writing. Throws `AlreadyExists`
 */
export type OpenMode = "read" | "create";

/** An open file. */
export interface OpenFile extends Disposable {
  /** Tries to take a flock. Returns whether it was free. Throws if the file system has no flocks. */
  tryLock(kind: "exclusive" | "shared"): boolean;
  /** Returns the size in bytes, which is no older than the opening of the file. */
  size(): number;
  /** Reads up to `length` bytes from `position` on; fewer at the end of the file. */
  read(position: number, length: number): Uint8Array<ArrayBuffer>;
  /** Writes all of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): void;
  /** Waits until the data is on the disk; for a network file system, on the server's disk. */
  sync(): void;
  close(): void;
}

/** Properties of the file system that holds a folder. */
export interface Mount {
  /**
   * `local`: only this host can change it. `network`: other hosts can change it, and this host may have cached what was
   * there before. A file system about which nothing is known counts as `network`.
   */
  readonly kind: "local" | "network";
  /** Its type (`nfs4`, …), if it may be read. */
  readonly type?: string;
  /** Its mount options, if they may be read. */
  readonly options?: readonly string[];
}

/** A file system. */
export interface FileSystem {
  /** Whether the file or folder exists. Also false if an error prevents the check. */
  exists(path: string): boolean;
  /** Returns the status, `undefined` if there is no such file. */
  stat(path: string): FileStat | undefined;
  /** Returns the bytes of a file, `undefined` if there is none. */
  read(path: string): Uint8Array<ArrayBuffer> | undefined;
  /** Returns the names in a folder, none if it does not exist. The listing is no older than the call. */
  names(folder: string): string[];
  /** Throws `NotFound` if the file does not exist or, for a new file, if its folder does not exist. */
  open(path: string, mode: OpenMode): OpenFile;
  /** Writes a new file. Returns false if the name is taken. May leave an empty file behind if it throws. */
  create(path: string, bytes: Uint8Array): boolean;
  /** Creates a hard link, unless the name is taken. Throws `NotFound` if `from` or the folder does not exist. */
  link(from: string, to: string): LinkOutcome;
  /** Renames a file, replacing any file that has the new name. Throws `NotFound` as `link` does. */
  rename(from: string, to: string): void;
  /** Removes a file. Returns whether it existed. */
  remove(path: string): boolean;
  /** Creates a folder and its parent folders, if they do not exist. */
  makeFolder(path: string): void;
  /** Shortens an existing file to `length` bytes. */
  truncate(path: string, length: number): void;
  /**
   * Opens and closes a folder, so that what this host has cached about the names in it is no older than the call.
   * Returns whether the folder exists, as far as this host has cached. On Windows a folder cannot be opened like this,
   * and nothing is refreshed.
   */
  refresh(folder: string): boolean;
  /**
   * Gives a folder a time of change that it never had: a random one of the last `withinMs` milliseconds (default: an
   * hour). A host that checks the folder's time then sees that it changed, even if the server's clock is coarse. Does
   * nothing if the folder belongs to another user, or if this program may not write to it.
   */
  stamp(folder: string, withinMs?: number): void;
  /** Waits until the names in a folder are on the disk, if the system supports that. */
  syncFolder(folder: string): void;
  /** Returns the file system that holds `path`, or would hold it if it existed. */
  mount(path: string): Mount;
  /**
   * Calls `touched` whenever a process of this host writes to a file directly in `folder`. Returns a function that ends
   * this, or `undefined` if the folder cannot be watched.
   */
  watch(folder: string, touched: () => void): (() => void) | undefined;
}

/** Calls `callback` once, after `ms` milliseconds. Returns a function that cancels the call. */
export type Timer = (callback: () => void, ms: number) => () => void;

/**
 * Takes a flock, which lasts as long as the file is open. Returns false if another holds it, or if the file system has
 * no flocks.
 */
export function lockIfCan(file: OpenFile): boolean {
  try {
    return file.tryLock("exclusive");
  } catch {
    return false;
  }
}

/** Whether somebody holds an exclusive flock on a file; `unknown` if the file system has no flocks. */
export function probeLock(file: OpenFile): "held" | "free" | "unknown" {
  try {
    // Shared, so that two observers at the same time do not take each other for the owner.
    return file.tryLock("shared") ? "free" : "held";
  } catch {
    return "unknown";
  }
}

/** Opens a file for reading; returns `undefined` if there is none. */
export function openIfThere(files: FileSystem, path: string): OpenFile | undefined {
  try {
    return files.open(path, "read");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns the first bytes of a file, at most `length`; `undefined` if there is none. */
export function readHead(files: FileSystem, path: string, length: number): Uint8Array | undefined {
  try {
    using file = files.open(path, "read");
    // `length` may come from a damaged file, so limit it to the size.
    return file.read(0, Math.min(length, file.size()));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isStale(error)) return undefined;
    throw error;
  }
}

/** Returns the text of a file, `undefined` if there is none. */
export function readText(files: FileSystem, path: string): string | undefined {
  const bytes = files.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Writes a new text file. Returns false if the name is taken. */
export function createText(files: FileSystem, path: string, text: string): boolean {
  return files.create(path, new TextEncoder().encode(text));
}
