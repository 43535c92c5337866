/**
 * An open connection: prepared statements, transactions, and values of known types.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { isBusy } from "./errors.ts";

/** A row, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** How long SQLite itself waits for a lock, in milliseconds. It blocks the thread, so the time is short. */
const BUSY_SLICE_MS = 200;

/**
 * How a database is opened. `frozen`: creates no files beside it, not even the small ones that readers share, and does
 * not see what others write in the meantime.
 */
export type OpenMode = "write" | "read" | "frozen";

function frozenUrl(path: string): URL {
  const url = pathToFileURL(path);
  url.search = "immutable=1";
  return url;
}

/** An open database. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param durable Whether a transaction is on the disk before it counts */
  constructor(path: string, readonly mode: OpenMode, durable: boolean) {
    const place = mode === "frozen" ? frozenUrl(path) : path;
    this.#db = new DatabaseSync(place, { readOnly: mode !== "write", timeout: BUSY_SLICE_MS });
    try {
      if (mode === "write") this.#proveWritable();
      // In WAL mode, NORMAL damages nothing, but a power cut may undo the last transactions.
      this.exec(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
      // SQLite opens the file only when it is first read.
      this.row("PRAGMA schema_version");
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Runs statements that return nothing. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Runs a statement. Returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Returns the first row. */
  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  /** Returns all rows. */
  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /** Runs `work` in one transaction, during which nobody else writes. All of it takes effect, or nothing. */
  transaction<T>(work: () => T, beforeCommit: () => void = () => {}): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const answer = work();
      beforeCommit();
      this.#db.exec("COMMIT");
      return answer;
    } catch (error) {
      // If the disk is full, SQLite itself has rolled the transaction back.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Runs `work` on a snapshot of the database. Many reads then cost little more than one. */
  snapshot<T>(work: () => T): T {
    this.#db.exec("BEGIN");
    try {
      return work();
    } finally {
      if (this.#db.isTransaction) this.#db.exec("COMMIT");
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  /**
   * Throws if the database cannot be written. If the system does not permit writing, SQLite falls back to reading, and
   * then creates files beside the database that belong to this user and keep the database's owner from writing. The
   * attempt made here fails before that, and changes nothing.
   */
  #proveWritable(): void {
    this.exec("PRAGMA busy_timeout = 0");
    try {
      this.exec("BEGIN; PRAGMA user_version = 0");
    } catch (error) {
      // If another process is writing, this process may write, too.
      if (!isBusy(error)) throw error;
    } finally {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.exec(`PRAGMA busy_timeout = ${BUSY_SLICE_MS}`);
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function wrongType(value: unknown, wanted: string): never {
  throw new TypeError(`the database contains ${typeof value} instead of ${wanted}`);
}

/** Returns the value of a text column. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : wrongType(value, "text");
}

/** Returns the value of a number column. */
export function intOf(value: unknown): number {
  return typeof value === "number" ? value : wrongType(value, "a number");
}

/** Returns the value of a column of bytes. */
export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : wrongType(value, "bytes");
}
