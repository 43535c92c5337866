/**
 * The SQLite backend: results and locks in one file, for many small tasks on one machine. docs/backends.md explains
 * when to use it.
 *
 * @module
 */
import type { Backend, Claimant } from "./backend.ts";
import { readChanges } from "./sqlite/changes.ts";
import { addCodes, listCodes, loadCodes } from "./sqlite/code_table.ts";
import type { Connection } from "./sqlite/connection.ts";
import { openDatabase } from "./sqlite/database.ts";
import { failAll, failuresAfter, loadFailure, removeFailures } from "./sqlite/failures.ts";
import { listDurations } from "./sqlite/durations.ts";
import { createOwnerLiveness } from "./sqlite/owner_liveness.ts";
import { claimAll, locksAfter, releaseAll, removeLocks } from "./sqlite/locks.ts";
import { enlist } from "./sqlite/membership.ts";
import type { Page } from "./sqlite/paging.ts";
import { processesAfter } from "./sqlite/processes.ts";
import {
  completeAll,
  discardResult,
  hasResult,
  loadHead,
  loadResult,
  removeResults,
  resultsAfter,
} from "./sqlite/results.ts";
import { runsAfter } from "./sqlite/runs.ts";
import { createTidying } from "./sqlite/tidying.ts";
import { workerFiles } from "./sqlite/worker_files.ts";
import { lockToken } from "./stored/lock_token.ts";

/** Options of {@linkcode sqliteBackend}. */
export interface SqliteBackendOptions {
  /** The file, as an absolute path. */
  readonly path: string;
  /** The database's name in messages. @default `sqlite:` and the path */
  readonly address?: string;
  /** Creates the file immediately, so that problems show early. @default false: the first write creates it */
  readonly create?: boolean;
  /** Syncs each transaction to the disk before it counts. @default false */
  readonly durable?: boolean;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** How long another program may hold the database before an operation fails, in milliseconds. @default 60,000 */
  readonly busyLimitMs?: number;
}

// A transaction costs as much as a dozen items.
const BATCH_SIZE = 64;

/**
 * Opens a database. Reading creates nothing: a database that does not exist counts as empty.
 *
 * @throws {JugError} of kind "backend", if the file is not a database of jug, or is on a network file system
 */
export async function sqliteBackend(options: SqliteBackendOptions): Promise<Backend> {
  const {
    path,
    address = `sqlite:${path}`,
    create = false,
    durable = false,
    clock = () => performance.now(),
    busyLimitMs = 60_000,
  } = options;
  const files = workerFiles(path);
  const liveness = createOwnerLiveness(files, clock);
  const onBusy = () => {
    liveness.forget();
    tidying.forget();
  };
  const database = openDatabase({ address, path, busyLimitMs, durable, onBusy, isInUse: files.isAnyHeld });
  const tidying = createTidying({ database, files, liveness, clock });
  // Several connections may claim for the same thread, so the tag is one that only this connection has.
  const tag = crypto.randomUUID().slice(0, 8);
  let count = 0;
  const nextToken = (claimant: Claimant) => lockToken(claimant, { since: Date.now(), order: count++ }, tag);
  if (create) await database.write(() => {});
  const changes = await readChanges(database);

  /**
   * Reads a table page by page, so that each read is short: SQLite cannot reset the write-ahead log while a read lasts.
   */
  async function* paged<T>(page: (db: Connection, after: string) => Page<T>): AsyncGenerator<readonly T[]> {
    for (let after: string | undefined = ""; after !== undefined;) {
      const from: string = after;
      const { items, next }: Page<T> = await database.read((db) => page(db, from), { items: [], next: undefined });
      if (items.length > 0) yield items;
      after = next;
    }
  }

  return {
    address,
    batchSize: BATCH_SIZE,
    join: (owner) => enlist(database, files, tidying, owner),
    has: (hashes) => database.read((db) => new Set(hashes.filter((hash) => hasResult(db, hash))), new Set()),
    list: () => paged(resultsAfter),
    load: (hashes) => database.read((db) => hashes.map((hash) => loadResult(db, hash)), hashes.map(() => undefined)),
    loadHeads: (hashes, length) =>
      database.read((db) => hashes.map((hash) => loadHead(db, hash, length)), hashes.map(() => undefined)),
    complete: (items) => database.write((db) => completeAll(db, items)),
    remove: (hashes) => database.change((db) => removeResults(db, hashes), new Set()),
    discard: (hash, bytes) => database.change((db) => discardResult(db, hash, bytes), false),
    claim: (hashes, claimant) => database.write((db) => claimAll(db, hashes, claimant, { liveness, nextToken })),
    release: (locks) => database.change((db) => releaseAll(db, locks), locks.map(() => "lost")),
    listLocks: () => paged((db, after) => locksAfter(db, after, liveness)),
    removeLocks: (hashes) => database.change((db) => removeLocks(db, hashes), 0),
    fail: (items) => database.write((db) => failAll(db, items)),
    listFailures: () => paged(failuresAfter),
    loadFailures: (hashes) =>
      database.read((db) => hashes.map((hash) => loadFailure(db, hash)), hashes.map(() => undefined)),
    removeFailures: (hashes) => database.change((db) => removeFailures(db, hashes), 0),
    waitForChange: (signal) => changes.wait(signal),
    async *listRuns() {
      yield* paged((db, after) => runsAfter(db, "result", after));
      yield* paged((db, after) => runsAfter(db, "failure", after));
    },
    listProcesses: () => paged((db, after) => processesAfter(db, after, liveness)),
    listDurations: () => database.read(listDurations, []),
    tidy: tidying.tidy,
    codes: {
      list: () => database.read(listCodes, []),
      add: (entries) => database.write((db) => addCodes(db, entries)),
      load: (ids) => database.read((db) => loadCodes(db, ids), ids.map(() => undefined)),
    },
    close() {
      changes.close();
      database.close();
      return Promise.resolve();
    },
  };
}
