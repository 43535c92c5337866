import assert from "node:assert/strict";
import { execute, init, type JugSession, openSession, type OpenSessionOptions } from "../../../mod.ts";
import type * as powers from "../../jugfiles/powers.ts";
import { inSession } from "../../support/in_session.ts";
import { sampleJugfile } from "../../support/campaign/watch.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const JUGFILE = sampleJugfile("powers.ts");

function openPowers(options: OpenSessionOptions): Promise<JugSession<typeof powers>> {
  return openSession<typeof powers>({ jugfile: JUGFILE, ...options });
}

/** Calls `use` with an address of each backend that needs no server. */
async function onEach(use: (jugdir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    for (const jugdir of ["memory:", `${folder}/powers.jugdata`, `sqlite:${folder}/powers.jugdb`]) await use(jugdir);
  });
}

/** Option values that are invalid in every way of running. */
const BAD_ANYWHERE: readonly [name: string, ...values: unknown[]][] = [
  ["concurrency", 0, -1, 1.5, "2"],
  ["leaseMs", 0, -5, NaN, Infinity],
  ["waitLimitMs", -1, NaN, "1"],
  ["keepGoing", "yes"],
  ["target", "", "/(/", 5, /power/],
];

Deno.test("a session runs missing tasks past a barrier, and returns values by export and by task", () =>
  onEach(async (jugdir) => {
    await using session = await openPowers({ jugdir, args: ["3", "1", "2", "3"] });
    assert.ok(!(await session.exports()).includes("total"), "total was visible before its barrier");
    await assert.rejects(session.value("powers"), { name: "JugError", kind: "missing" });

    const summary = await session.execute({ workers: 2 });
    assert.deepEqual(summary, { executed: 3, finished: 3, failures: [], isComplete: true });
    const total: number = await session.value("total");
    assert.equal(total, 36);
    assert.deepEqual(await session.value("powers"), [1, 8, 27]);

    const tasks = await session.tasks();
    assert.deepEqual(tasks.map(({ name, args, state }) => `${name}(${args}) ${state}`), [
      "powers.power(1, 3) finished",
      "powers.power(2, 3) finished",
      "powers.power(3, 3) finished",
    ]);
    const second = tasks[1];
    assert.ok(second !== undefined);
    assert.equal(await session.value(second), 8);
    assert.deepEqual((await session.execute()).executed, 0);
    assert.equal(await session.invalidate(second), 1);
    assert.deepEqual((await session.tasks()).map(({ state }) => state), ["finished", "ready", "finished"]);
    assert.equal(await session.invalidate("power"), 2);
    assert.equal((await session.execute()).executed, 3);
  }));

Deno.test("sessions of one jugfile with different arguments run in parallel, in one jugdir or in several", () =>
  withTempDir(async (folder) => {
    const places = [
      { jugdir: `${folder}/one`, args: ["2", "1", "2", "3"] },
      { jugdir: `${folder}/one`, args: ["2", "3", "4"] },
      { jugdir: `${folder}/two`, args: ["1", "5"] },
      { jugdir: "memory:", args: ["1", "6"] },
      { jugdir: "memory:", args: ["1", "6"] },
    ];
    const sessions = await Promise.all(places.map(openPowers));
    try {
      const summaries = await Promise.all(sessions.map((session) => session.execute()));
      // 3 squared is the same task in the first two sessions; only one of them ran it.
      const executed = summaries.map((summary) => summary.executed);
      assert.equal((executed[0] ?? 0) + (executed[1] ?? 0), 4);
      assert.deepEqual(executed.slice(2), [1, 1, 1]);
      assert.deepEqual(await Promise.all(sessions.map((session) => session.value("total"))), [14, 25, 5, 6, 6]);
      const slip = { kind: "usage", message: /^no task matches pover\n {2}Did you mean power\?/ };
      await assert.rejects(async () => await sessions[3]?.invalidate("pover"), slip);
      await assert.rejects(async () => await sessions[3]?.execute({ target: "pover" }), slip);
      assert.equal(await sessions[3]?.invalidate("power"), 1);
      assert.deepEqual(await sessions[4]?.value("powers"), [6]);
    } finally {
      await Promise.all(sessions.map((session) => session.close()));
    }
  }));

Deno.test("the summary of execute contains a failed task; with keepGoing the other tasks run", async () => {
  await using session = await openPowers({ jugdir: "memory:", args: ["2", "-1", "5"] });
  const heard: string[] = [];
  const summary = await session.execute({ keepGoing: true, log: (line) => heard.push(line) });
  assert.deepEqual(summary.failures.map(({ name, args, error }) => [name, args, error.message]), [
    ["powers.power", "-1, 2", "-1 is negative"],
  ]);
  assert.deepEqual([summary.executed, summary.isComplete], [1, false]);
  assert.match(heard.join("\n"), /powers\.power\(-1, 2\) failed/);
  assert.deepEqual((await session.tasks()).map(({ state }) => state), ["failed", "finished"]);
});

Deno.test("an AbortSignal ends a run whose task would never end, and releases its lock", async () => {
  await using session = await openPowers({ jugdir: "memory:", args: ["2", "999"] });
  const abort = new AbortController();
  const run = session.execute({ signal: abort.signal });
  while ((await session.tasks())[0]?.state !== "running") await new Promise((resolve) => setTimeout(resolve, 10));
  await assert.rejects(session.execute(), { kind: "usage", message: /execute\(\) is already running/ });
  abort.abort();
  assert.deepEqual(await run, { executed: 0, finished: 0, failures: [], isComplete: false });
  assert.deepEqual((await session.tasks()).map(({ state }) => state), ["ready"]);
});

Deno.test("a session refuses names and values that it cannot return, and names the alternatives", async () => {
  await assert.rejects(openSession({ jugfile: "nowhere.ts", jugdir: "memory:" }), { kind: "jugfile" });
  const session = await openPowers({ jugdir: "memory:", args: [] });
  await assert.rejects(
    openSession<{ tootal: number }>({ jugfile: JUGFILE, jugdir: "memory:" }).then(async (other) => {
      await using closing = other;
      return await closing.value("tootal");
    }),
    { kind: "usage", message: /no export "tootal"\n.*powers, total/ },
  );
  await assert.rejects(session.value("helper"), { kind: "usage", message: /helper.*function/ });
  await assert.rejects(session.invalidate("pover"), {
    kind: "usage",
    message: /no task matches pover/,
  });
  await session.close();
  await session.close();
  await assert.rejects(session.tasks(), { message: /it is closed/ });
});

Deno.test("invalid options are refused by name before anything runs", async () => {
  const open = (options: object) => openSession(options);
  await assert.rejects(open({ jugfile: 7 }), {
    kind: "usage",
    message: /openSession\(\): option 'jugfile' cannot be 7/,
  });
  await assert.rejects(open({ args: [1] }), { kind: "usage", message: /'args' cannot be \[ 1 \]\n.*list of strings/ });
  await assert.rejects(open({ jugFile: "x.ts" }), {
    kind: "usage",
    message: /^openSession\(\): .*"jugFile"\n.*jugfile, jugdir/,
  });
  await using session = await openPowers({ jugdir: "memory:", args: ["2", "1"] });
  const bad: readonly [name: string, ...values: unknown[]][] = [
    ["workers", 0, 1.5, -1, NaN, Infinity, "2", 2 ** 31],
    ["maxTasks", -1, 0.5, NaN, Infinity],
    ["signal", {}],
    ["log", "stderr"],
    ["keepFailed", 1],
    ...BAD_ANYWHERE,
  ];
  for (const [name, ...values] of bad) {
    for (const value of values) {
      await assert.rejects(session.execute({ [name]: value }), {
        kind: "usage",
        message: new RegExp(`^the session's execute\\(\\): option '${name}' cannot be .*\\n {2}Give .*`),
      });
    }
  }
  await assert.rejects(session.execute(Object.fromEntries([["worker", 2]])), {
    kind: "usage",
    message: /"worker"\n.*keepGoing, target, .*workers/,
  });
  // An undefined option counts as left out.
  assert.equal((await session.execute({ maxTasks: 0, waitLimitMs: Infinity })).executed, 0);
  await session.execute(Object.fromEntries([["workers", undefined], ["maxTasks", 0]]));
  assert.equal((await session.execute({ waitLimitMs: 0 })).executed, 1);
});

Deno.test("execute() in a script and init() refuse the same options", async () => {
  await inSession(async () => {
    for (const [name, ...values] of BAD_ANYWHERE) {
      for (const value of values) {
        await assert.rejects(execute({ [name]: value }), {
          kind: "usage",
          message: new RegExp(`^execute\\(\\): option '${name}' cannot be `),
        });
      }
    }
    await assert.rejects(execute(Object.fromEntries([["workers", 2]])), {
      message: /^execute\(\): .*"workers"/,
    });
  });
  const wrong: object = { args: "1" };
  await assert.rejects(init(JUGFILE, "memory:", wrong), {
    kind: "usage",
    message: /init\(\): option 'args' cannot be "1"/,
  });
});

Deno.test("a jugfile that ends its thread or throws does not leave the session waiting", () =>
  withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/exits.js`, "Deno.exit(7);\n");
    await assert.rejects(openSession({ jugfile: `${folder}/exits.js`, jugdir: "memory:" }), {
      kind: "jugfile",
      message: /Deno\.exit\(7\) was called at .*exits\.js:1/,
    });
    await Deno.writeTextFile(`${folder}/throws.js`, "throw new TypeError('no such luck');\n");
    await assert.rejects(openSession({ jugfile: `${folder}/throws.js`, jugdir: "memory:" }), {
      kind: "jugfile",
      message: /no such luck/,
    });
  }));

Deno.test("the case of memory: does not matter: all workers of a session share its store", async () => {
  await using session = await openPowers({ jugdir: "Memory:", args: ["3", "1", "2", "3"] });
  const summary = await session.execute({ workers: 2 });
  assert.deepEqual(summary, { executed: 3, finished: 3, failures: [], isComplete: true });
  assert.equal(await session.value("total"), 36);
});
