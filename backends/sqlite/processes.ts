/**
 * The processes that joined: one row each, which stays when the process has ended.
 *
 * @module
 */
import type { Owner, ProcessEntry } from "../backend.ts";
import { factsIn, factsOf, MOST_PROCESSES } from "../stored/process_facts.ts";
import { isOwnerId } from "../validation.ts";
import { type Connection, textOf } from "./connection.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import type { Page } from "./paging.ts";

const LIST_BATCH = 256;

/** Enters a process that joins, in the caller's transaction. If there are very many, removes the oldest. */
export function enterProcess(db: Connection, owner: Owner): void {
  const { host, pid, started, options } = factsOf(owner);
  db.run(
    'INSERT OR REPLACE INTO processes (id, host, pid, started, "left", options) VALUES (?, ?, ?, ?, NULL, ?)',
    owner.id,
    host ?? null,
    pid ?? null,
    started ?? null,
    options ?? null,
  );
  db.run(
    `DELETE FROM processes WHERE (SELECT count(*) FROM processes) > ?1 * 5 / 4
       AND id NOT IN (SELECT id FROM processes ORDER BY started DESC LIMIT ?1)`,
    MOST_PROCESSES,
  );
}

/** Notes that a process has left, in the caller's transaction. */
export function noteLeft(db: Connection, owner: string, date: number): void {
  db.run('UPDATE processes SET "left" = ? WHERE id = ?', date, owner);
}

/** Returns a page of processes: those after `after`, in the order of ids. */
export function processesAfter(db: Connection, after: string, liveness: OwnerLiveness): Page<ProcessEntry> {
  liveness.newRound();
  const rows = db.rows(
    `SELECT id, CAST(host AS TEXT) AS host, CAST(pid AS REAL) AS pid, CAST(started AS REAL) AS started,
       CAST("left" AS REAL) AS "left", CAST(options AS TEXT) AS options
     FROM processes WHERE id > ? AND typeof(id) = 'text' ORDER BY id LIMIT ?`,
    after,
    LIST_BATCH,
  );
  const items = rows.flatMap((row) => {
    const id = textOf(row["id"]);
    const facts = factsIn(row);
    if (!isOwnerId(id)) return [];
    return [{ id, ...facts, state: facts.left !== undefined ? "left" as const : liveness.judge(db, id) }];
  });
  const last = rows.at(-1);
  return { items, next: last === undefined ? undefined : textOf(last["id"]) };
}
