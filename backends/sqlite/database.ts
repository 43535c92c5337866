/**
 * The database of one backend. It is opened if it exists and created by the first write. It detects that its files were
 * replaced, and retries while another program holds a lock.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { JugError } from "../../core/errors.ts";
import { statIfThere } from "../file_stat.ts";
import { Connection } from "./connection.ts";
import { companionError, explain, isBusy, isWriteRefused, lockedError, replacedError } from "./errors.ts";
import { absentCompanion, type OpenedFiles, openedFiles } from "./identity.ts";
import { networkFileSystem, readMounts } from "./network.ts";
import { checkFormat, createTables } from "./schema.ts";

/** The location of a database, and how long to wait for it. */
export interface DatabaseOptions {
  /** The name in messages. */
  readonly address: string;
  /** The file, as an absolute path. */
  readonly path: string;
  /** How long another program may hold the database, in milliseconds. */
  readonly busyLimitMs: number;
  /** Whether each transaction is on the disk before it counts. @default false */
  readonly durable?: boolean;
  /** Called when another program holds the database, so that nobody can write. */
  readonly onBusy?: () => void;
  /** The versions of the tables that the caller can use. @default the one that `schema.ts` creates */
  readonly formats?: readonly number[];
  /** Whether a process is known to have the database open. */
  readonly isInUse?: () => boolean;
}

/** One database, used by one thread. */
export interface Database {
  readonly address: string;
  readonly path: string;
  /** Reads from one snapshot of the database. Returns `absent` if there is no database. */
  read<T>(work: (db: Connection) => T, absent: T): Promise<T>;
  /** Changes the database in one transaction. Creates it if there is none. */
  write<T>(work: (db: Connection) => T): Promise<T>;
  /** Does the same as `write`, but returns `absent` instead of creating a database. */
  change<T>(work: (db: Connection) => T, absent: T): Promise<T>;
  close(): void;
}

const PAUSE_MS = 20;

function refuseNetwork(address: string, path: string): void {
  const mounts = readMounts();
  if (mounts === undefined) return;
  // The file may not exist yet. The real path of its folder shows where it will be.
  const folder = existsSync(dirname(path)) ? Deno.realPathSync(dirname(path)) : dirname(path);
  const type = networkFileSystem(folder, mounts);
  if (type === undefined) return;
  throw new JugError("backend", `"${address}" is on a network file system (${type})`, {
    remedy: "SQLite supports only one machine: put the file on a local disk, or use a folder or Redis as jugdir",
  });
}

function isPermitted(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Whether others may have written data that is not in the database file yet, or may be about to write. This is also the
 * case if the permission to look for the log is missing. A journal exists only while a database is being created.
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
 * Creates an empty file, which is a database without tables. If SQLite created it, its group could not write to it,
 * whatever the umask is. SQLite gives the files that it creates beside a database the permissions of the database.
 */
function createFile(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true }).close();
  } catch {
    // The file exists already; or it cannot be created, and SQLite reports why.
  }
}

/** Creates the access to the database at `path`. Does not open it yet. */
export function openDatabase(
  { address, path, busyLimitMs, durable = false, onBusy, formats, isInUse }: DatabaseOptions,
): Database {
  let connection: Connection | undefined;
  let files: OpenedFiles | undefined;
  /** Whether a file beside the database was removed or replaced, so that what is written from now on is lost. */
  let isCut = false;
  /** The state of the file just before it was opened. */
  let stamp: string | undefined;
  /** Whether the database is known to be in WAL mode. */
  let isLogged = false;
  /** The missing Deno permission that prevents writing, if the database could be opened for reading only. */
  let refusal: Error | undefined;
  let isClosed = false;

  /** Throws if a file was removed or replaced: what is written to a file without a name would be lost silently. */
  function refuseReplaced(): void {
    const lost = files?.lost();
    if (lost === undefined) return;
    isCut = lost !== path;
    throw isCut ? companionError(address, lost) : replacedError(address);
  }

  /**
   * Copies to the database what is only in a log without a name. Otherwise this data is lost when the last process
   * closes the database. This is safe as long as there is no new log, because then nobody else has written to the
   * database.
   */
  function rescueLog(): void {
    if (!isCut || absentCompanion(path) !== `${path}-wal`) return;
    connection?.row("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /**
   * Refuses a database in WAL mode if another process has it open but its log or shared memory file is missing. If it
   * were opened now, it would not contain what others wrote recently, and they would not see what is written here.
   */
  function refuseCompanionLost(): void {
    if (!existsSync(path) || isInUse?.() !== true) return;
    const absent = absentCompanion(path);
    // Check again: the last of those processes may have closed it in between.
    if (absent !== undefined && isInUse()) throw companionError(address, absent);
  }

  /**
   * Opens a connection. With the purpose "write", a missing permission is reported immediately. With "read", a database
   * that may not be written is opened for reading.
   */
  function connect(purpose: "read" | "write"): Connection {
    refuseNetwork(address, path);
    if (statIfThere(path)?.isDirectory === true) {
      throw new JugError("backend", `"${address}" is a folder, not a file`, {
        remedy: "Name a file in it, or use the folder itself as jugdir (without sqlite:)",
      });
    }
    refuseCompanionLost();
    try {
      return new Connection(path, "write", durable);
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
   * Opens a database that may not be written. If nobody writes to it, it is opened without creating files beside it:
   * these would belong to the reader, and keep others from writing. Deno takes the URL of a frozen database for a path,
   * so this mode is used only with the permission to read everything.
   */
  function openForReading(): Connection {
    const mayReadAll = Deno.permissions.querySync({ name: "read" }).state === "granted";
    return new Connection(path, mayReadAll && !mayHaveLog(path) ? "frozen" : "read", durable);
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

  /** Whether a frozen database has changed since it was opened, or is about to change. */
  function isOutdated(db: Connection): boolean {
    return db.mode === "frozen" && (mayHaveLog(path) || stampOf(path) !== stamp);
  }

  /** Returns a connection to the database, `undefined` if there is none. */
  function openExisting(purpose: "read" | "write"): Connection | undefined {
    if (connection !== undefined && !isOutdated(connection)) return connection;
    connection?.close();
    connection = undefined;
    if (!existsSync(path)) return undefined;
    stamp = stampOf(path);
    const db = connect(purpose);
    // Use a snapshot: another process may create the tables after the check of the format and before the check for
    // tables.
    if (closing(db, () => db.snapshot(() => checkFormat(db, address, formats))) === "known") return adopt(db);
    db.close();
    return undefined;
  }

  /** Creates the folder. A folder that may not be read is left to SQLite, which reports if it does not exist. */
  function makeFolder(): void {
    const folder = dirname(path);
    const { state } = Deno.permissions.querySync({ name: "read", path: folder });
    if (state === "granted" && !existsSync(folder)) Deno.mkdirSync(folder, { recursive: true });
  }

  function openOrCreate(): Connection {
    const there = openExisting("write");
    if (there !== undefined) {
      // A copy may be in another mode (after VACUUM INTO).
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
        // Another process may have been faster.
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
      // Signals and messages are handled in the meantime.
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
