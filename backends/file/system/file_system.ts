/**
 * What the file backend asks of a file system. Everything that it reads or writes goes through here, so that tests can put
 * a simulated one in its place: one with caches like those of an NFS client, with crashes, and with calls that fail.
 *
 * Calls are synchronous: for small files that costs a tenth of what an awaited call does. Expected outcomes are values.
 * All else is thrown as Deno does: `Deno.errors.NotFound`, or an error with the system's `code` (`ENOSPC`, `EIO`, …).
 *
 * @module
 */

import { isStale } from "../errors.ts";

/** What is known of a file. */
export interface FileStat {
  readonly isDirectory: boolean;
  /** In bytes. */
  readonly size: number;
  /** When its content (a folder's: a name in it) last changed, in milliseconds; the zero is the file system's own. */
  readonly mtime: number | undefined;
  /** Its number, which a hard link shares. */
  readonly ino: number | undefined;
}

/** What became of a link. */
export type LinkOutcome = "linked" | "exists" | "unsupported";

/**
 * How to open a file.
 *
 * - `read`: one that is there, for reading
 * - `create`: a new one, for reading and writing. Throws `AlreadyExists`
 * - `append`: for writing at the end; made where it is not there
 * - `share`: for reading and writing; made where it is not there
 */
export type OpenMode = "read" | "create" | "append" | "share";

/** An open file. */
export interface OpenFile extends Disposable {
  /** Tries to take a flock; answers whether it was free. Throws where the file system has none. */
  tryLock(kind: "exclusive" | "shared"): boolean;
  /** Its size in bytes. Opening it made sure that this is no older than the opening. */
  size(): number;
  /** Up to `length` bytes from `position` on; fewer where the file ends. */
  read(position: number, length: number): Uint8Array<ArrayBuffer>;
  /** Writes all of `bytes` at `position` (opened with `append`: at the end, whatever `position` says). */
  write(bytes: Uint8Array, position: number): void;
  /** Waits until what was written is on the disk, and where the folder is shared, on the server's. */
  sync(): void;
  close(): void;
}

/** What is known of the file system that a folder lies on. */
export interface Mount {
  /**
   * `local`: only this host can change it. `network`: others may, and this host may remember what was there before; also
   * said of a file system of which nothing is known.
   */
  readonly kind: "local" | "network";
  /** Whether hosts tell by a folder's time that it changed (NFSv3). Where that is not known, it is assumed. */
  readonly tellsByTime: boolean;
  /** Its type (`nfs4`, …), where that may be asked. */
  readonly type?: string;
  /** Its mount options, where they may be asked. */
  readonly options?: readonly string[];
}

/** A file system. */
export interface FileSystem {
  /** Whether something has this name; also false where that cannot be told. */
  exists(path: string): boolean;
  /** `undefined` where there is nothing. */
  stat(path: string): FileStat | undefined;
  /** The bytes of a file; `undefined` where there is none. */
  read(path: string): Uint8Array<ArrayBuffer> | undefined;
  /** The names in a folder, none where it is not there. What is listed is no older than the call. */
  names(folder: string): string[];
  /** Throws `NotFound` where there is nothing to open, or no folder to make it in. */
  open(path: string, mode: OpenMode): OpenFile;
  /** Writes a new file; answers false where the name is taken. May leave an empty file behind when it throws. */
  create(path: string, bytes: Uint8Array): boolean;
  /** Gives a file a second name, unless that name is taken. Throws `NotFound` where `from` or the folder is not there. */
  link(from: string, to: string): LinkOutcome;
  /** Gives a file another name, in place of the file that has it. Throws `NotFound` as `link` does. */
  rename(from: string, to: string): void;
  /** Removes a file; answers whether it was there. */
  remove(path: string): boolean;
  /** Makes a folder and those above it, where they are not there. */
  makeFolder(path: string): void;
  /** Empties a file that is there. */
  truncate(path: string): void;
  /**
   * Opens a folder and closes it, so that what this host remembers of the names in it is no older than the call; answers
   * whether it is there, as far as this host remembers. On Windows a folder cannot be opened so, and nothing is done.
   */
  refresh(folder: string): boolean;
  /**
   * Gives a folder a time of change that it never had, so that a host which looks at its time sees that it changed, however
   * coarse the clock of a server. Does nothing where the folder is not ours.
   */
  stamp(folder: string): void;
  /** Waits until the names in a folder are on the disk, where the system can. */
  syncFolder(folder: string): void;
  /** The file system that `path` lies on, or would lie on; may be called before it is there. */
  mount(path: string): Mount;
  /**
   * Calls `touched` whenever a process of this host wrote to a file right in `folder`; the answer ends that. `undefined`
   * where nothing can be watched.
   */
  watch(folder: string, touched: () => void): (() => void) | undefined;
}

/** Calls `callback` once, in `ms` milliseconds; the answer calls that off. */
export type Timer = (callback: () => void, ms: number) => () => void;

/** Takes a flock for as long as the file is open; answers false where it is held, or the file system has none. */
export function lockIfCan(file: OpenFile): boolean {
  try {
    return file.tryLock("exclusive");
  } catch {
    return false;
  }
}

/** Whether somebody holds an exclusive flock on a file; `unknown` where the file system has none. */
export function probeLock(file: OpenFile): "held" | "free" | "unknown" {
  try {
    // Shared, so that two who look at once do not take each other for the owner.
    return file.tryLock("shared") ? "free" : "held";
  } catch {
    return "unknown";
  }
}

/** Opens a file for reading; `undefined` where there is none. */
export function openIfThere(files: FileSystem, path: string): OpenFile | undefined {
  try {
    return files.open(path, "read");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The first bytes of a file, no more than `length`; `undefined` where there is none. */
export function readHead(files: FileSystem, path: string, length: number): Uint8Array | undefined {
  try {
    using file = files.open(path, "read");
    // What is asked for may come from a damaged file.
    return file.read(0, Math.min(length, file.size()));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isStale(error)) return undefined;
    throw error;
  }
}

/** The text of a file; `undefined` where there is none. */
export function readText(files: FileSystem, path: string): string | undefined {
  const bytes = files.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Writes a new file of text; answers false where the name is taken. */
export function createText(files: FileSystem, path: string, text: string): boolean {
  return files.create(path, new TextEncoder().encode(text));
}
