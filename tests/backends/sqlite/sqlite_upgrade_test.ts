import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Owner } from "../../../backends/backend.ts";
import { durationClass } from "../../../backends/duration_classes.ts";
import { listDurations, listProcesses } from "../../../backends/optional_parts.ts";
import { upgradeSqlite } from "../../../backends/sqlite/upgrade.ts";
import { workerFiles } from "../../../backends/sqlite/worker_files.ts";
import { isJugError } from "../../../core/errors.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "../backend_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runJug } from "../../support/run_jug.ts";
import { SqlitePlace } from "../../support/sqlite_place.ts";

/** The tables as version 0.2 created them. */
const OLD_TABLES = `
  CREATE TABLE results (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE locks (hash TEXT PRIMARY KEY, token TEXT NOT NULL, owner TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX locks_by_owner ON locks (owner);
  CREATE TABLE failures (hash TEXT PRIMARY KEY, token TEXT NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE owners (id TEXT PRIMARY KEY, lease_ms REAL NOT NULL, beat INTEGER NOT NULL, flocked INTEGER NOT NULL);
  CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, hash TEXT NOT NULL);
  PRAGMA application_id = 0x6a756731;
  PRAGMA user_version = 1;
`;
/** An id as version 0.2 made them. */
const OWNER = "far-4711-0123456789abcdef";

const text = (words: string) => new TextEncoder().encode(words);
const meta = (n: number) => ({
  name: "m.f",
  start: 1000,
  finish: 1000 + 10 * n,
  worker: "w",
  code: "0123456789abcdef",
});
const records = [
  recordOf("small", meta(1)),
  recordOf(crypto.getRandomValues(new Uint8Array(50_000)), meta(2)),
  recordOf("it spoke", { ...meta(3), log: "words ".repeat(1000) }),
];
const failure = recordOf("no", meta(4), "failure");
const [cut, rubbish] = [records[1]?.subarray(0, 100) ?? text(""), text("rubbish")];

/** Makes a database of format 1: results 0 to 2, damaged ones 3 to 5, a failure of 6, and a lock of 7. */
function makeOld(path: string, sql = ""): void {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; ${OLD_TABLES}`);
  const insert = db.prepare("INSERT INTO results VALUES (?, ?)");
  for (const [n, bytes] of [...records, cut, rubbish, new Uint8Array()].entries()) insert.run(hashOf(n), bytes);
  db.prepare("INSERT INTO failures VALUES (?, ?, ?)").run(hashOf(6), "gone.0.x-1", failure);
  db.prepare("INSERT INTO locks VALUES (?, ?, ?)").run(hashOf(7), "gone.0.x-2", "gone");
  db.exec(sql);
}

function addOwner({ path }: SqlitePlace, id: string, flocked = 0): void {
  using db = new DatabaseSync(path);
  db.prepare("INSERT INTO owners VALUES (?, 5000, 0, ?)").run(id, flocked);
}

function formatOf({ path }: SqlitePlace): unknown {
  using db = new DatabaseSync(path);
  return db.prepare("PRAGMA user_version").get()?.["user_version"];
}

/** Upgrades with the clock of the place. */
function upgrade(place: SqlitePlace, onPause: () => void = () => {}) {
  return upgradeSqlite({
    path: place.path,
    clock: () => place.now,
    pause(ms) {
      place.now += ms;
      onPause();
      return Promise.resolve();
    },
  });
}

const CONVERTED = { kind: "converted", results: 6, failures: 1, damaged: [] };

async function checkConverted(place: SqlitePlace): Promise<void> {
  const backend = await place.open();
  assert.deepEqual((await backend.load(hashesOf(6))).map((bytes) => bytes?.length), [
    ...records.map((record) => record.length),
    100,
    7,
    0,
  ]);
  assert.deepEqual(await backend.load(hashesOf(3)), records.map((record) => new Uint8Array(record)));
  assert.deepEqual(await backend.loadFailures([hashOf(6)]), [new Uint8Array(failure)]);
  assert.deepEqual(await collect(backend.listFailures()), [{ hash: hashOf(6), token: "gone.0.x-1" }]);
  const runs = (await collect(backend.listRuns?.() ?? [])).toSorted((one, other) => one.finish - other.finish);
  assert.deepEqual(
    runs.map(({ hash, kind, size, finish }) => [hash, kind, size, finish]),
    [...records.map((record, n) => [hashOf(n), "result", record.length, 1010 + 10 * n])].toSpliced(
      3,
      0,
      [hashOf(6), "failure", failure.length, 1040],
    ),
  );
  assert.deepEqual(runs[0], { hash: hashOf(0), kind: "result", size: records[0]?.length, ...meta(1) });
  const classes = new Map([10, 20, 30].map((ms) => [durationClass(ms), 1]));
  assert.deepEqual(await listDurations(backend), [{ name: "m.f", count: 3, total: 60, longest: 30, classes }]);
  assert.deepEqual(await collect(listProcesses(backend)), []);
  assert.deepEqual((await collect(backend.listLocks())).map(({ since }) => since), [undefined]);
  // Work goes on.
  const by = { owner: newOwner(), thread: 0 };
  const member = await backend.join(by.owner);
  const claims = await backend.claim([hashOf(0), hashOf(7)], by);
  assert.deepEqual(claims.map(({ kind }) => kind), ["finished", "claimed"]);
  const lock = lockOf(claims[1]);
  assert.deepEqual(await backend.complete([{ hash: lock.hash, bytes: text("x"), lock, info: meta(5) }]), ["stored"]);
  assert.equal((await collect(backend.listRuns?.() ?? [])).length, 5);
  assert.deepEqual((await collect(listProcesses(backend))).map(({ state }) => state), ["alive"]);
  await backend.codes?.add([{ id: "0123456789abcdef", text: "code" }]);
  await member.leave();
}

Deno.test("sqlite upgrade: a database of format 1 is refused, and the remedy converts it", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  await assert.rejects(place.open(), (error) => {
    assert(isJugError(error));
    assert.match(error.message, /has format 1; this version of jug knows format 2/);
    assert.equal(error.remedy, `Convert it: jug upgrade --jugdir ${place.address}`);
    return true;
  });
  const told = await runJug(["upgrade", "--jugdir", place.address]);
  assert.deepEqual([told.code, told.stdout], [0, "Converted 6 results and 1 failures\n"], told.stderr);
  await checkConverted(place);
  const again = await runJug(["upgrade", "--jugdir", place.address]);
  assert.deepEqual([again.code, again.stdout], [0, `${place.address} has the format of this version\n`]);
  const absent = await runJug(["upgrade", "--jugdir", `${place.address}-none`]);
  assert.equal(absent.code, 2);
  assert.match(absent.stderr, /there is no jugdir/);
});

Deno.test("sqlite upgrade: the values of runs come before the bytes, and other programs can read them", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  assert.deepEqual(await upgrade(place), CONVERTED);
  using db = new DatabaseSync(place.path);
  for (const table of ["results", "failures"]) {
    const columns = db.prepare(`PRAGMA table_info(${table})`).all().map(({ name }) => name);
    assert.deepEqual(columns.slice(-8), ["name", "start", "finish", "worker", "code", "trace", "args", "bytes"]);
  }
  const query = "SELECT name, count(*) AS n, sum(finish - start) AS ms FROM results WHERE name NOT NULL GROUP BY name";
  assert.deepEqual({ ...db.prepare(query).get() }, { name: "m.f", n: 3, ms: 60 });
  assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map((row) => row["integrity_check"]), ["ok"]);
});

Deno.test("sqlite upgrade: refused, naming host and process, while an owner of the old version lives", async () => {
  for (const flocked of [0, 1]) {
    await using place = new SqlitePlace();
    makeOld(place.path);
    addOwner(place, OWNER, flocked);
    // A process that holds its flock has the database open.
    using open = new DatabaseSync(place.path);
    open.prepare("SELECT * FROM owners").all();
    using _flock = flocked === 1 ? workerFiles(place.path).hold(OWNER) : undefined;
    const renew = () => {
      using db = new DatabaseSync(place.path);
      db.exec("UPDATE owners SET beat = beat + 1");
    };
    await assert.rejects(upgrade(place, renew), (error) => {
      assert(isJugError(error) && error.kind === "backend");
      assert.match(error.message, new RegExp(`is in use by ${OWNER} \\(on far, process 4711\\)`));
      assert(error.remedy !== undefined);
      return true;
    });
    assert.equal(formatOf(place), 1);
  }
});

Deno.test("sqlite upgrade: an owner without a sign of life for a lease does not prevent it", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  addOwner(place, OWNER);
  addOwner(place, `${OWNER}0`, 1);
  workerFiles(place.path).hold(`${OWNER}0`)?.close();
  assert.deepEqual(await upgrade(place), CONVERTED);
  assert(place.now >= 5000);
  await checkConverted(place);
});

Deno.test("sqlite upgrade: of several at once, one converts the database", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  const outcomes = await Promise.all(
    [1, 2, 3].map(async () => (await runJug(["upgrade", "--jugdir", place.address])).stdout.split(" ")[0]),
  );
  assert.deepEqual(outcomes.toSorted(), ["Converted", place.address, place.address]);
  await checkConverted(place);
});

Deno.test("sqlite upgrade: a conversion that is interrupted changes nothing, and the next one is whole", async () => {
  for (const [table, n] of [["results", 0], ["results", 5], ["failures", 6]] as const) {
    await using place = new SqlitePlace();
    makeOld(
      place.path,
      `CREATE TRIGGER stop BEFORE DELETE ON ${table} WHEN old.hash = '${hashOf(n)}'
       BEGIN SELECT RAISE(ABORT, 'interrupted'); END`,
    );
    await assert.rejects(upgrade(place), /interrupted/);
    {
      using db = new DatabaseSync(place.path);
      const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name);
      assert(!tables.includes("processes") && !tables.includes("old_results"), tables.join());
      assert.equal(db.prepare("SELECT count(*) AS n FROM results").get()?.["n"], 6);
      db.exec("DROP TRIGGER stop");
    }
    assert.equal(formatOf(place), 1);
    assert.deepEqual(await upgrade(place), CONVERTED);
    await checkConverted(place);
  }
});

Deno.test("sqlite upgrade: rows that jug did not write are kept as they are", async () => {
  await using place = new SqlitePlace();
  const odd = `INSERT INTO results VALUES (x'ff', x'00'), ('no hash', 'text'), ('${hashOf(8)}', 7)`;
  makeOld(place.path, `${odd}; CREATE TABLE own_folders (name TEXT PRIMARY KEY) WITHOUT ROWID`);
  assert.deepEqual(await upgrade(place), { ...CONVERTED, results: 9 });
  using db = new DatabaseSync(place.path);
  const types = db.prepare("SELECT typeof(hash) AS h, typeof(bytes) AS b FROM results ORDER BY rowid DESC LIMIT 3")
    .all();
  assert.deepEqual(types.map(({ h, b }) => [h, b]), [["text", "integer"], ["text", "text"], ["blob", "blob"]]);
});

Deno.test("sqlite upgrade: many results are moved, and the file does not grow by their size", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  {
    using db = new DatabaseSync(place.path);
    db.exec("BEGIN");
    const insert = db.prepare("INSERT INTO results VALUES (?, ?)");
    const bytes = recordOf(crypto.getRandomValues(new Uint8Array(3000)), meta(7));
    for (const hash of hashesOf(3000, 100)) insert.run(hash, bytes);
    db.exec("COMMIT");
  }
  const before = Deno.statSync(place.path).size;
  assert.deepEqual(await upgrade(place), { ...CONVERTED, results: 3006 });
  assert(Deno.statSync(place.path).size < 1.5 * before);
  const backend = await place.open();
  assert.equal((await collect(backend.listRuns?.() ?? [])).length, 3004);
  assert.equal((await listDurations(backend))[0]?.count, 3003);
});

Deno.test("sqlite upgrade: a process that had opened the database before can still write to it", async () => {
  await using place = new SqlitePlace();
  makeOld(place.path);
  using old = new DatabaseSync(place.path);
  const insert = old.prepare("INSERT OR IGNORE INTO results (hash, bytes) VALUES (?, ?)");
  insert.run(hashOf(20), text("before"));
  assert.deepEqual(await upgrade(place), { ...CONVERTED, results: 7 });
  insert.run(hashOf(21), text("after"));
  old.prepare("INSERT OR REPLACE INTO failures (hash, token, bytes) VALUES (?, ?, ?)").run(
    hashOf(22),
    "a.0.b",
    text(""),
  );
  const backend = await place.open();
  assert.deepEqual(await backend.load(hashesOf(2, 20)), [text("before"), text("after")]);
  assert.equal((await collect(backend.listFailures())).length, 2);
});

Deno.test("sqlite upgrade: an absent, a newer and a foreign database are told, and left alone", async () => {
  await using place = new SqlitePlace();
  assert.deepEqual(await upgrade(place), { kind: "absent" });
  assert.deepEqual(place.names(), []);
  const owner: Owner = newOwner();
  await (await (await place.open()).join(owner)).leave();
  assert.deepEqual(await upgrade(place), { kind: "up-to-date" });
  {
    using db = new DatabaseSync(place.path);
    db.exec("PRAGMA user_version = 3");
  }
  await assert.rejects(upgrade(place), /has format 3; this version of jug knows format 2/);
  using db = new DatabaseSync(`${place.folder}/other.db`);
  db.exec("CREATE TABLE mine (x)");
  await assert.rejects(upgradeSqlite({ path: `${place.folder}/other.db` }), /a database of another program/);
});
