/**
 * Reads records: from segments, a few of which are kept open, or from files of their own.
 *
 * @module
 */
import { isStale } from "../errors.ts";
import type { Jugdir } from "../jugdir.ts";
import { type OpenFile, openIfThere, readHead } from "../system/file_system.ts";

/** Reads parts of files. */
export interface RecordReader {
  /** Reads from a file that may be kept open under the name `key`. Returns `undefined` if it is not there. */
  read(key: string, path: string, position: number, length: number): Uint8Array<ArrayBuffer> | undefined;
  /** Closes the file that is kept open under this name. */
  forget(key: string): void;
  close(): void;
}

const OPEN_FILES = 16;

/** Creates a reader that has no open files. */
export function createRecordReader({ files }: Jugdir): RecordReader {
  /** In the order of their last use. */
  const open = new Map<string, OpenFile>();

  function forget(key: string): void {
    open.get(key)?.close();
    open.delete(key);
  }

  function keep(key: string, file: OpenFile): void {
    open.delete(key);
    open.set(key, file);
    const [oldest] = open.keys();
    if (open.size > OPEN_FILES && oldest !== undefined) forget(oldest);
  }

  function readOpen(key: string, position: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    const file = open.get(key);
    if (file === undefined) return undefined;
    try {
      const bytes = file.read(position, length);
      if (bytes.length === length) {
        keep(key, file);
        return bytes;
      }
    } catch (error) {
      if (!isStale(error)) throw error;
    }
    // Over a network, a file that was opened earlier may not show what was appended since.
    forget(key);
    return undefined;
  }

  return {
    read(key, path, position, length) {
      const bytes = readOpen(key, position, length);
      if (bytes !== undefined) return bytes;
      const file = openIfThere(files, path);
      if (file === undefined) return undefined;
      keep(key, file);
      try {
        return file.read(position, length);
      } catch (error) {
        forget(key);
        if (isStale(error)) return undefined;
        throw error;
      }
    },
    forget,
    close() {
      for (const key of [...open.keys()]) forget(key);
    },
  };
}

/** Reads the first `length` bytes of a result in a file of its own. */
export function readOwnFile({ files }: Jugdir, path: string, length: number): Uint8Array | undefined {
  return readHead(files, path, length);
}
