/**
 * The file system as a claimant sees it: each call is a question to the scheduler.
 *
 * @module
 */
import { isStale } from "../../../backends/file/errors.ts";
import type {
  FileStat,
  FileSystem,
  LinkOutcome,
  Mount,
  OpenFile,
  OpenMode,
} from "../../../backends/file/system/file_system.ts";
import { bytesOfText, type FileOperation, textOfBytes } from "./operations.ts";
import type { Watches } from "./timers.ts";
import { isRecord, numberOf, textOf, textsOf } from "./values.ts";

/** Asks for one file operation. Throws as Deno does. */
export type AskFile = (operation: FileOperation) => unknown;

function statOf(value: unknown): FileStat | undefined {
  if (!isRecord(value)) return undefined;
  const { isDirectory, size, mtime, ino } = value;
  return { isDirectory: isDirectory === true, size: numberOf(size), mtime: numberOf(mtime), ino: numberOf(ino) };
}

function mountOf(value: unknown): Mount {
  if (!isRecord(value)) throw new Error("a mount is told by its kind");
  return { kind: value.kind === "local" ? "local" : "network" };
}

function linkOutcomeOf(value: unknown): LinkOutcome {
  return value === "linked" || value === "exists" ? value : "unsupported";
}

function openFile(ask: AskFile, file: number): OpenFile {
  const close = () => void ask({ kind: "close", file });
  return {
    tryLock: (lock) => ask({ kind: "tryLock", file, lock }) === true,
    size: () => numberOf(ask({ kind: "size", file })),
    read: (position, length) => bytesOfText(textOf(ask({ kind: "read", file, position, length }))),
    write: (bytes, position) => void ask({ kind: "write", file, position, bytes: textOfBytes(bytes) }),
    sync: () => void ask({ kind: "sync", file }),
    close,
    [Symbol.dispose]: close,
  };
}

/** Whether backends/file/system/deno_file_system.ts treats `error` as "not there". */
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

/** Returns the file system of a claimant. It answers as backends/file/system/deno_file_system.ts does. */
export function remoteFileSystem(ask: AskFile, watches: Watches): FileSystem {
  const open = (path: string, mode: OpenMode) => openFile(ask, numberOf(ask({ kind: "open", path, mode })));
  return {
    exists(path) {
      try {
        return ask({ kind: "exists", path }) === true;
      } catch {
        return false; // whatever the error, as existsSync of Node does
      }
    },
    stat: (path) => ifThere(() => statOf(ask({ kind: "stat", path }))),
    read: (path) =>
      ifThere(() => {
        const text = ask({ kind: "readFile", path });
        return text === null ? undefined : bytesOfText(textOf(text));
      }),
    names: (path) => ifThere(() => textsOf(ask({ kind: "names", path }))) ?? [],
    open,
    // Two separate operations: the process may end, or others may look, between them.
    create(path, bytes) {
      let file: OpenFile;
      try {
        file = open(path, "create");
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      }
      try {
        if (bytes.length > 0) file.write(bytes, 0);
      } finally {
        file.close();
      }
      return true;
    },
    link: (path, to) => linkOutcomeOf(ask({ kind: "link", path, to })),
    rename: (path, to) => void ask({ kind: "rename", path, to }),
    remove: (path) => ifThere(() => ask({ kind: "remove", path }) === true) ?? false,
    makeFolder: (path) => void ask({ kind: "makeFolder", path }),
    truncate: (path, length) => void ask({ kind: "truncate", path, length }),
    refresh: (path) => ifThere(() => ask({ kind: "refresh", path }) === true) ?? false,
    stamp: (path) => void ask({ kind: "stamp", path }),
    syncFolder: (path) => void ask({ kind: "syncFolder", path }),
    mount: (path) => mountOf(ask({ kind: "mount", path })),
    watch(path, touched) {
      ask({ kind: "watch", path });
      return watches.add(touched);
    },
  };
}
