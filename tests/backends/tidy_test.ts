/**
 * Tidying by the SQLite and Redis backends and by `jug cleanup`; file_tidying_test.ts tests the file backend.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { redisBackend } from "../../backends/redis.ts";
import { STILL_LEASES, TIDY_EVERY } from "../../backends/stillness.ts";
import { tidy } from "../../backends/optional_parts.ts";
import { hashOf, newOwner } from "./backend_contract.ts";
import { claimAndDie } from "../support/file/file_place.ts";
import { until } from "../support/file/file_processes.ts";
import { withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";
import { SqlitePlace } from "../support/sqlite_place.ts";

const bytes = new TextEncoder().encode("a result");

Deno.test("sqlite: the row of a process killed early is removed only after ten leases without heartbeat", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  const [here, there] = [newOwner(), newOwner()];
  const [member, living] = [await backend.join(here), await (await place.open()).join(there)];
  const early = ["o-killed-early", "o-killed-late", "../no-owner"];
  using database = new DatabaseSync(place.path);
  for (const [index, id] of early.entries()) {
    // The second one has a recorded flock, but its file is gone.
    database.prepare("INSERT INTO owners (id, lease_ms, beat, flocked) VALUES (?, 1000, 0, ?)").run(id, index % 2);
    database.prepare("INSERT INTO locks (hash, token, owner) VALUES (?, ?, ?)").run(hashOf(index), `${id}.0.0`, id);
  }
  await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
  const rows = (table: string) => database.prepare(`SELECT * FROM ${table}`).all();
  const renewAndLook = async () => {
    for (let beat = 0; beat < TIDY_EVERY; beat++) await member.renew();
  };
  await renewAndLook();
  place.now += STILL_LEASES * 1000 - 1;
  await living.renew();
  await renewAndLook();
  assert.equal(rows("owners").length, 5);
  place.now += 1;
  await renewAndLook();
  assert.deepEqual(rows("owners").map(({ id }) => id).sort(), ["../no-owner", here.id, there.id].sort());
  // The lock beside a result is removed, since no owner can release it. The others stay until their tasks are claimed.
  assert.deepEqual(rows("locks").map(({ hash }) => hash).sort(), [hashOf(0), hashOf(2)].sort());
  await member.leave();
  await living.leave();
});

Deno.test("sqlite: tidying without joining removes leftovers of dead owners, and creates no database", async () => {
  await using place = new SqlitePlace();
  const backend = await place.open();
  assert.equal(await tidy(backend), 0);
  assert.deepEqual(place.names(), []);
  await place.claimAndDie(newOwner(), [hashOf(1)]);
  assert.equal(await tidy(backend), 1);
  assert.deepEqual([...Deno.readDirSync(`${place.path}-workers`)], []);
});

Deno.test({
  name: "redis: a lock beside a result is removed when its owner is dead, no sooner",
  ignore: !hasRedis,
  fn: async () => {
    await using server = await startRedis();
    const backend = await redisBackend({ address: server.address });
    const [dying, alive] = [newOwner({ leaseMs: 500 }), newOwner({ leaseMs: 600_000 })];
    for (const [index, owner] of [dying, alive].entries()) {
      await backend.join(owner);
      await backend.claim([hashOf(index), hashOf(index + 10)], { owner, thread: 0 });
      await backend.complete([{ hash: hashOf(index), bytes, lock: undefined }]);
    }
    let removed = 0;
    await until("its lease to end", async () => (removed += await tidy(backend)) > 0 || undefined);
    assert.equal(removed, 1);
    const states = async () => {
      const entries = [];
      for await (const batch of backend.listLocks()) entries.push(...batch);
      return entries.map(({ hash, state }) => [hash, state]).sort();
    };
    assert.deepEqual(await states(), [[hashOf(10), "dead"], [hashOf(11), "alive"]].sort());
    await backend.remove([hashOf(0), hashOf(1)]);
    assert.deepEqual((await states()).map(([hash]) => hash), [hashOf(1), hashOf(10), hashOf(11)].sort());
    await backend.close();
  },
});

const JUGFILE = `import { TaskGenerator } from "jug";
TaskGenerator(function one() { return 1; })();
`;

Deno.test("`jug cleanup` removes leftovers of dead processes, also with --keep-locks, not with --dry-run", async () => {
  await withProject({ "one.ts": JUGFILE }, async ({ folder, jug, names }) => {
    const root = `${folder}/one.jugdata`;
    const dead = newOwner({ host: Deno.hostname(), boot: undefined });
    await claimAndDie(root, dead, [hashOf(1)]);
    // As if it had been killed while it wrote.
    for (const folder of ["tmp", "states"]) Deno.writeTextFileSync(`${root}/${folder}/${dead.id}.x-1`, "half");
    const open = () => names("one.jugdata/segments").filter((name) => /@\d+$/.test(name));
    const left = () => [
      ...names("one.jugdata/workers"),
      ...names("one.jugdata/tmp"),
      ...names("one.jugdata/states").filter((name) => name.endsWith(".x-1")),
      ...open(),
    ];
    assert.equal(left().length, 4);
    assert.equal(
      (await jug("cleanup one.ts --dry-run")).stdout,
      "Would remove 0 unused results\nWould remove 1 locks\n",
    );
    assert.equal((await jug("cleanup one.ts --failed-only")).stdout, "Removed 0 failures\n");
    assert.equal(left().length, 4);
    const { code, stdout } = await jug("cleanup one.ts --keep-locks");
    assert.deepEqual([code, stdout], [0, "Removed 0 unused results\nRemoved 3 leftovers of dead processes\n"]);
    assert.deepEqual(left(), []);
    assert.match(names("one.jugdata/segments").join(), /^[^,]*@0~$/, "its segment was seized, so its claim is void");
    assert.equal((await jug("cleanup --locks-only one.ts")).stdout, "Removed 1 locks\n");
    assert.equal((await jug("cleanup --locks-only one.ts")).stdout, "Removed 0 locks\n");
  });
});
