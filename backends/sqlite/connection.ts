/**
 * One open connection: statements that are prepared once, transactions, and values of known types.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { isBusy } from "./errors.ts";

/** A row, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** How long SQLite itself waits for a lock, in milliseconds: the thread does nothing else meanwhile, so not for long. */
const BUSY_SLICE_MS = 200;

/**
 * How a database is opened. `frozen`: nothing is made beside it, not even the small files that readers share; what others do
 * meanwhile is not seen.
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

  constructor(path: string, readonly mode: OpenMode) {
    const place = mode === "frozen" ? frozenUrl(path) : path;
    this.#db = new DatabaseSync(place, { readOnly: mode !== "write", timeout: BUSY_SLICE_MS });
    try {
      if (mode === "write") this.#proveWritable();
      // Enough in WAL mode: a power cut may undo the last results, but tears nothing.
      this.exec("PRAGMA synchronous = NORMAL");
      // Only a question opens the file for good.
      this.row("PRAGMA schema_version");
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Runs statements that answer nothing. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Runs a statement; answers how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** The first row. */
  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  /** All rows. */
  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /** Runs `work` in one transaction, which nobody else writes in: all of it counts, or nothing. */
  transaction<T>(work: () => T, beforeCommit: () => void = () => {}): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const answer = work();
      beforeCommit();
      this.#db.exec("COMMIT");
      return answer;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Runs `work` on one state of the database: many reads then cost little more than one. */
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
   * SQLite falls back to reading where the system lets us do no more, and then makes files of ours beside the database that
   * keep its owner from writing. What is tried here fails before that, and changes nothing.
   */
  #proveWritable(): void {
    this.exec("PRAGMA busy_timeout = 0");
    try {
      this.exec("BEGIN; PRAGMA user_version = 0");
    } catch (error) {
      // That somebody else writes means that we may, too.
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
  throw new TypeError(`the database holds ${typeof value} where ${wanted} belongs`);
}

/** A column of text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : wrongType(value, "text");
}

/** A column of numbers. */
export function intOf(value: unknown): number {
  return typeof value === "number" ? value : wrongType(value, "a number");
}

/** A column of bytes. */
export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : wrongType(value, "bytes");
}
