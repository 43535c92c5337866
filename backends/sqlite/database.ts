/**
 * The database of one backend: opened when it is there, made by the first write, watched for being replaced, and asked
 * again while another program holds it.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import { statIfThere } from "../stat.ts";
import { Connection } from "./connection.ts";
import { companionError, explain, isBusy, isWriteRefused, lockedError, replacedError } from "./errors.ts";
import { absentCompanion, type OpenedFiles, openedFiles } from "./identity.ts";
import { networkFileSystem, readMounts } from "./network.ts";
import { checkFormat, createTables } from "./schema.ts";

/** Where a database is, and how patient to be. */
export interface DatabaseOptions {
  /** Its name in messages. */
  readonly address: string;
  /** The file, as an absolute path. */
  readonly path: string;
  /** How long another program may hold the database, in milliseconds. */
  readonly busyLimitMs: number;
  /** Told when another program holds the database, so that nobody can write. */
  readonly onBusy?: () => void;
  /** Whether a process that has it open is known. */
  readonly isInUse?: () => boolean;
}

/** One database, used by one thread. */
export interface Database {
  readonly address: string;
  readonly path: string;
  /** Looks something up on one state of the database; `absent` is the answer where there is none. */
  read<T>(work: (db: Connection) => T, absent: T): Promise<T>;
  /** Changes something, in one transaction. Makes the database where there is none. */
  write<T>(work: (db: Connection) => T): Promise<T>;
  /** As `write`, but answers `absent` rather than make a database. */
  change<T>(work: (db: Connection) => T, absent: T): Promise<T>;
  close(): void;
}

const PAUSE_MS = 20;

function refuseNetwork(address: string, path: string): void {
  const mounts = readMounts();
  if (mounts === undefined) return;
  // The file may not be there yet; its folder, seen through links, says where it will be.
  const folder = existsSync(dirname(path)) ? Deno.realPathSync(dirname(path)) : dirname(path);
  const type = networkFileSystem(folder, mounts);
  if (type === undefined) return;
  throw new JugError("backend", `"${address}" lies on a network file system (${type})`, {
    remedy: "SQLite serves one machine: put the file on a disk of this one, or use a folder or Redis as jugdir",
  });
}

function isPermitted(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Whether others may have written what is not in the database itself yet, or may be about to. That is so, too, where nobody
 * may look for the log; a journal is there only while a database is being made.
 */
function mayHaveLog(path: string): boolean {
  const [log, journal] = [`${path}-wal`, `${path}-journal`];
  if (!isPermitted(log) || existsSync(log)) return true;
  return isPermitted(journal) && existsSync(journal);
}

function stampOf(path: string): string | undefined {
  const stat = statIfThere(path);
  return stat === undefined ? undefined : `${stat.mtime?.getTime()} ${stat.size}`;
}

/**
 * Makes an empty file, which is a database without tables. SQLite would keep a group from writing whatever the umask says,
 * and gives what it makes beside a database the rights of that.
 */
function createFile(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true }).close();
  } catch {
    // It is there already; or it cannot be made, and SQLite says why.
  }
}

/** The database at `path`; nothing is opened yet. */
export function openDatabase({ address, path, busyLimitMs, onBusy, isInUse }: DatabaseOptions): Database {
  let connection: Connection | undefined;
  let files: OpenedFiles | undefined;
  /** Whether a file beside it is another's, so that what is written from now on is lost. */
  let isCut = false;
  /** What the file looked like just before it was opened. */
  let stamp: string | undefined;
  /** Whether it is known to be in WAL mode. */
  let isLogged = false;
  /** Why Deno lets nobody write, where the database could be opened for reading alone. */
  let refusal: Error | undefined;
  let isClosed = false;

  /** What is written to a file without a name would be lost without a word. */
  function refuseReplaced(): void {
    const lost = files?.lost();
    if (lost === undefined) return;
    isCut = lost !== path;
    throw isCut ? companionError(address, lost) : replacedError(address);
  }

  /**
   * Writes into the database what is only in a log that lost its name, and would go with the last who has it open. As long as
   * nobody made another log, nobody else has written there.
   */
  function rescueLog(): void {
    if (!isCut || absentCompanion(path) !== `${path}-wal`) return;
    connection?.row("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /**
   * Refuses a database that a process has open in WAL mode without a file that belongs to it. Opened now, it would not hold
   * what others wrote lately, and they would not see what is written here.
   */
  function refuseCompanionLost(): void {
    if (!existsSync(path) || isInUse?.() !== true) return;
    const absent = absentCompanion(path);
    // Asked again, as the last of them may have left in between.
    if (absent !== undefined && isInUse()) throw companionError(address, absent);
  }

  /** Whoever is about to write is told which permission that takes, before anything else. */
  function connect(purpose: "read" | "write"): Connection {
    refuseNetwork(address, path);
    if (statIfThere(path)?.isDirectory === true) {
      throw new JugError("backend", `"${address}" is a folder, not a file`, {
        remedy: "Name a file in it, or use the folder itself as jugdir (without sqlite:)",
      });
    }
    refuseCompanionLost();
    try {
      return new Connection(path, "write");
    } catch (error) {
      if (!existsSync(path) || !isWriteRefused(error)) throw error;
      if (error instanceof Deno.errors.NotCapable) {
        if (purpose === "write") throw error;
        refusal = error;
      }
    }
    return openForReading();
  }

  /**
   * Leaves nothing beside it, where nobody writes: that would be the reader's, and keep others from writing. Deno takes the
   * address of a frozen one for a path, which is as it should be only for those who may read everything.
   */
  function openForReading(): Connection {
    const mayReadAll = Deno.permissions.querySync({ name: "read" }).state === "granted";
    return new Connection(path, mayReadAll && !mayHaveLog(path) ? "frozen" : "read");
  }

  function adopt(db: Connection): Connection {
    connection = db;
    files = openedFiles(path, { hasCompanions: db.mode !== "frozen" });
    return db;
  }

  function closing<T>(db: Connection, work: () => T): T {
    try {
      return work();
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Whether a frozen database has changed since it was opened, or is about to. */
  function isOutdated(db: Connection): boolean {
    return db.mode === "frozen" && (mayHaveLog(path) || stampOf(path) !== stamp);
  }

  /** The database, where there is one. */
  function openExisting(purpose: "read" | "write"): Connection | undefined {
    if (connection !== undefined && !isOutdated(connection)) return connection;
    connection?.close();
    connection = undefined;
    if (!existsSync(path)) return undefined;
    stamp = stampOf(path);
    const db = connect(purpose);
    // On one state of it: another process may be about to make the tables, between a look at its format and one for tables.
    if (closing(db, () => db.snapshot(() => checkFormat(db, address))) === "known") return adopt(db);
    db.close();
    return undefined;
  }

  /** A folder that may not be seen is left to SQLite, which says if it is not there. */
  function makeFolder(): void {
    const folder = dirname(path);
    const { state } = Deno.permissions.querySync({ name: "read", path: folder });
    if (state === "granted" && !existsSync(folder)) Deno.mkdirSync(folder, { recursive: true });
  }

  function openOrCreate(): Connection {
    const there = openExisting("write");
    if (there !== undefined) {
      // A copy may be in another mode (VACUUM INTO).
      if (!isLogged && there.mode === "write") there.exec("PRAGMA journal_mode = WAL");
      isLogged = true;
      return there;
    }
    makeFolder();
    createFile(path);
    const db = connect("write");
    closing(db, () => {
      db.exec("PRAGMA journal_mode = WAL");
      db.transaction(() => {
        // Somebody else may have been faster.
        if (checkFormat(db, address) === "absent") createTables(db);
      });
    });
    return adopt(db);
  }

  async function patiently<T>(work: () => T): Promise<T> {
    const start = performance.now();
    for (;;) {
      if (isClosed) throw new JugError("backend", `"${address}" was closed`, { remedy: "Open it again" });
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) {
          rescueLog();
          throw explain(error, address);
        }
        onBusy?.();
        if (performance.now() - start >= busyLimitMs) throw lockedError(address, busyLimitMs);
      }
      // Signals and messages come in meanwhile.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  function writeTo<T>(db: Connection, work: (db: Connection) => T): T {
    if (refusal !== undefined) throw refusal;
    return db.transaction(() => work(db), refuseReplaced);
  }

  return {
    address,
    path,
    read: (work, absent) =>
      patiently(() => {
        for (;;) {
          const db = openExisting("read");
          if (db === undefined) return absent;
          refuseReplaced();
          try {
            const answer = db.snapshot(() => work(db));
            if (!isOutdated(db)) return answer;
          } catch (error) {
            if (!isOutdated(db)) throw error;
          }
        }
      }),
    write: (work) => patiently(() => writeTo(openOrCreate(), work)),
    change: (work, absent) =>
      patiently(() => {
        const db = openExisting("write");
        return db === undefined ? absent : writeTo(db, work);
      }),
    close() {
      isClosed = true;
      connection?.close();
      connection = undefined;
    },
  };
}
