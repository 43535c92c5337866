import assert from "node:assert/strict";
import { check } from "../../commands/inspect/check.ts";
import { cleanup } from "../../commands/change/cleanup.ts";
import type { Command, CommandContext, OptionValues } from "../../commands/cli/command.ts";
import { count } from "../../commands/inspect/count.ts";
import { withDependents } from "../../commands/change/dependents.ts";
import { invalidate } from "../../commands/change/invalidate.ts";
import type { Inspection } from "../../commands/cli/inspection.ts";
import { sleepUntil } from "../../commands/run/sleep_until.ts";
import { status } from "../../commands/inspect/status.ts";
import { readProgress, taskState } from "../../engine/inspect/task_state.ts";
import { fakeHost } from "../support/fake_host.ts";
import { fakeBackend, fakeInspection, hashOf, task } from "../support/fake_inspection.ts";

/**
 * Runs a command on a fake inspection.
 *
 * @param answer The answer to each question on the terminal. Without it there is no terminal.
 */
async function run(
  command: Command,
  inspection: Inspection & { closed: boolean },
  values: OptionValues = {},
  answer?: boolean,
) {
  const host = fakeHost();
  const asked: string[] = [];
  const context: CommandContext = {
    ...host,
    jugfile: "primes.ts",
    jugdir: "fake:",
    args: [],
    ...(answer === undefined
      ? {}
      : { canAsk: true, confirm: (question: string) => asked.push(question) > 0 && answer }),
    verbosity: "info",
    say: (line) => host.stderr(`${line}\n`),
    debug: () => {},
    inspect: () => Promise.resolve(inspection),
    openBackend: () => Promise.resolve({ ...inspection.backend, close: () => inspection.close() }),
  };
  const outcome = await command.prepare(values)(context).finally(() => assert.ok(inspection.closed, "not closed"));
  return { outcome, asked, ...host.written };
}

// 1, 2 → 3 → 4; 5 is separate
const graph = [task(1, "m.load"), task(2, "m.load"), task(3, "m.join", 1, 2), task(4, "m.plot", 3), task(5, "m.other")];
const barrier = { file: "primes.ts", line: 7 };

Deno.test("a task's state: finished precedes running, which precedes failed, then ready or waiting", async () => {
  const backend = fakeBackend({
    finished: [1, 2],
    failed: [1, 4, 5],
    locks: new Map([[2, "alive"], [3, "dead"], [5, "unknown"]]),
  });
  const progress = await readProgress(backend, graph);
  assert.deepEqual(graph.map((each) => taskState(each, progress)), [
    "finished",
    "finished",
    "ready", // its dependencies are finished, and the owner of the lock is dead
    "failed",
    "running", // failed earlier, and is running again
  ]);
});

Deno.test("a task waits as long as any dependency has no result", async () => {
  const progress = await readProgress(fakeBackend({ finished: [1] }), graph);
  assert.deepEqual(graph.map((each) => taskState(each, progress)), [
    "finished",
    "ready",
    "waiting",
    "waiting",
    "ready",
  ]);
});

Deno.test("status shows a Failed column only if a task failed", async () => {
  const tasks = [task(1, "m.load"), task(2, "m.load")];
  const well = await run(status, fakeInspection(fakeBackend({ finished: [1] }), { tasks }));
  assert.equal(well.stdout.split("\n")[0], "Task name                     Waiting       Ready    Finished     Running");
  assert.equal(well.stdout.split("\n")[2], "m.load                              0           1           1           0");
  const badly = await run(status, fakeInspection(fakeBackend({ failed: [2] }), { tasks }));
  assert.match(badly.stdout, /^Task name +Failed +Waiting +Ready +Finished +Running\n/);
  assert.match(badly.stdout, /^m\.load +1 +0 +1 +0 +0$/m);
});

Deno.test("status --json prints all counts, and --short prints one line", async () => {
  const backend = () => fakeBackend({ finished: [1, 2], locks: new Map([[3, "alive"]]), failed: [5] });
  const json = await run(status, fakeInspection(backend(), { tasks: graph, barrier }), { json: true });
  const parsed: unknown = JSON.parse(json.stdout);
  const none = { waiting: 0, ready: 0, finished: 0, running: 0, failed: 0 };
  assert.deepEqual(parsed, {
    jugdir: "fake:",
    tasks: [
      { name: "m.load", ...none, finished: 2 },
      { name: "m.join", ...none, running: 1 },
      { name: "m.plot", ...none, waiting: 1 },
      { name: "m.other", ...none, failed: 1 },
    ],
    total: { waiting: 1, ready: 0, finished: 2, running: 1, failed: 1 },
    barrier,
  });
  assert.equal(json.stderr, "more tasks may follow the barrier at primes.ts:7\n");
  const short = await run(status, fakeInspection(backend(), { tasks: graph }), { short: true });
  assert.equal(short.stdout, "2 finished, 1 running, 0 ready, 1 waiting, 1 failed\n");
  assert.equal(short.stderr, "");
});

Deno.test("check returns done only if all tasks are finished and no barrier is unmet", async () => {
  const tasks = [task(1, "m.load"), task(2, "m.load")];
  const done = await run(check, fakeInspection(fakeBackend({ finished: [1, 2] }), { tasks }));
  assert.deepEqual(done.outcome, { kind: "done" });
  const left = await run(check, fakeInspection(fakeBackend({ finished: [1] }), { tasks, barrier }));
  assert.deepEqual(left.outcome, {
    kind: "unfinished",
    reasons: ["1 of 2 tasks are not finished", "more tasks may follow the barrier at primes.ts:7"],
  });
  const behind = await run(check, fakeInspection(fakeBackend({ finished: [1, 2] }), { tasks, barrier }));
  assert.equal(behind.outcome.kind, "unfinished");
});

Deno.test("count shows the number of tasks of each name", async () => {
  const { stdout } = await run(count, fakeInspection(fakeBackend({}), { tasks: graph }));
  assert.match(stdout, /^m\.load +2\nm\.join +1\nm\.plot +1\nm\.other +1\n\.+\nTotal: +5\n$/m);
});

Deno.test("sleep-until waits for tasks behind a barrier too", async () => {
  const backend = fakeBackend({ finished: [1], failed: [2] });
  const inspection = fakeInspection(
    backend,
    { tasks: [task(1, "m.load"), task(2, "m.load")], barrier },
    { tasks: [task(1, "m.load"), task(2, "m.load"), task(3, "m.join")] },
  );
  let ended = false;
  const running = run(sleepUntil, inspection).finally(() => ended = true);
  const untilItWaits = async (times: number) => {
    while (backend.waits() < times) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await untilItWaits(1);
  backend.finish(2);
  await untilItWaits(2);
  assert.equal(inspection.barrier, undefined);
  assert.equal(ended, false);
  backend.finish(3);
  const { outcome, stderr } = await running;
  assert.deepEqual(outcome, { kind: "done" });
  assert.match(stderr, /^1 task failed: /);
});

Deno.test("withDependents() finds dependents at any depth, for any order of declaration", () => {
  const names = (root: string) =>
    withDependents(graph.toReversed(), (each) => each.name === root).map((each) => each.name);
  assert.deepEqual(names("m.load"), ["m.plot", "m.join", "m.load", "m.load"]);
  assert.deepEqual(names("m.plot"), ["m.plot"]);
  assert.deepEqual(names("m.nothing"), []);
});

Deno.test("withDependents() handles a chain of 100,000 tasks", () => {
  const chain = Array.from({ length: 100_000 }, (_, index) => task(index, "m.link", ...(index > 0 ? [index - 1] : [])));
  assert.equal(withDependents(chain, (each) => each.hash === hashOf(0)).length, chain.length);
});

Deno.test("invalidate removes the results of tasks and their dependents, and shows what it removed", async () => {
  const backend = fakeBackend({ finished: [1, 2, 3, 5], failed: [4] });
  const { stdout, stderr } = await run(invalidate, fakeInspection(backend, { tasks: graph }), { target: "join" });
  assert.match(stdout, /^Task name +Invalidated\n-+\nm\.join +1\n\.+\nTotal: +1\n$/);
  assert.deepEqual([...backend.results], [1, 2, 5].map(hashOf));
  assert.equal(backend.failures.size, 0);
  assert.match(stderr, /removed 1 failures/);
});

Deno.test("invalidate reports if it removes nothing or no task matches, and what it cannot remove", async () => {
  const nothing = await run(invalidate, fakeInspection(fakeBackend({}), { tasks: graph }), { target: "m.join" });
  assert.deepEqual([nothing.stdout, nothing.stderr], ["No results invalidated\n", ""]);
  await assert.rejects(run(invalidate, fakeInspection(fakeBackend({}), { tasks: graph }), { target: "jion" }), {
    kind: "usage",
    message: "no task matches jion\n  Did you mean join? There are tasks m.load, m.join, m.plot, m.other",
  });
  const busy = fakeBackend({ finished: [3], locks: new Map([[4, "alive"]]) });
  const late = await run(invalidate, fakeInspection(busy, { tasks: graph, barrier }), { target: "m.join" });
  assert.match(late.stderr, /^1 of these tasks is running now/);
  assert.match(late.stderr, /barrier at primes\.ts:7: their results were not removed/);
});

const everything = () =>
  fakeBackend({ finished: [1, 90], failed: [2, 91], locks: new Map([[3, "alive"], [5, "dead"], [92, "dead"]]) });

function content(backend: ReturnType<typeof fakeBackend>) {
  const numbers = (hashes: Iterable<string>) => [...hashes].map((hash) => parseInt(hash, 16));
  return {
    results: numbers(backend.results),
    failures: numbers(backend.failures),
    locks: numbers(backend.locks.keys()),
  };
}

Deno.test("cleanup removes results and failures that no task of the jugfile uses, and every lock", async () => {
  const backend = everything();
  const { stdout, stderr } = await run(cleanup, fakeInspection(backend, { tasks: graph }));
  assert.deepEqual(content(backend), { results: [1], failures: [2], locks: [] });
  assert.match(
    stdout,
    /^Task name +Unused\n-+\nm\.gone +1\n\.+\nTotal: +1\nRemoved 1 unused results\nRemoved 3 locks\n$/,
  );
  assert.match(stderr, /^1 of the locks may be held by live workers/);
});

Deno.test("cleanup's options limit what is removed", async () => {
  const after = async (values: OptionValues) => {
    const backend = everything();
    await run(cleanup, fakeInspection(backend, { tasks: graph }), values);
    return content(backend);
  };
  assert.deepEqual(await after({ locksOnly: true }), { results: [1, 90], failures: [2, 91], locks: [] });
  assert.deepEqual(await after({ failedOnly: true }), { results: [1, 90], failures: [], locks: [3, 5, 92] });
  assert.deepEqual(await after({ keepLocks: true }), { results: [1], failures: [2], locks: [3, 5, 92] });
});

Deno.test("cleanup removes nothing if a result may belong to a task behind an unmet barrier", async () => {
  const backend = everything();
  await assert.rejects(run(cleanup, fakeInspection(backend, { tasks: graph, barrier })), {
    kind: "missing",
    message: /which of 1 results are unused: tasks may follow the barrier at primes\.ts:7\n.*nothing was removed/,
  });
  assert.deepEqual(content(backend), content(everything()));
});

Deno.test("cleanup works before an unmet barrier if every result is used, and keeps failures", async () => {
  const backend = fakeBackend({ finished: [1], failed: [91], locks: new Map([[3, "dead"]]) });
  await run(cleanup, fakeInspection(backend, { tasks: graph, barrier }));
  assert.deepEqual(content(backend), { results: [1], failures: [91], locks: [] });
});

Deno.test("on a terminal, cleanup and invalidate ask before they remove results; a no keeps them", async () => {
  const cleaned = everything();
  const no = await run(cleanup, fakeInspection(cleaned, { tasks: graph }), {}, false);
  assert.deepEqual(no.asked, ["Remove this result for good? (primes.ts was loaded without arguments)"]);
  assert.match(no.stdout, /^m\.gone +1$/m);
  assert.equal(no.stderr, "nothing was removed\n");
  assert.deepEqual(content(cleaned), content(everything()));
  assert.equal((await run(cleanup, fakeInspection(cleaned, { tasks: graph }), {}, true)).asked.length, 1);
  assert.deepEqual(content(cleaned), { results: [1], failures: [2], locks: [] });
  // There are no results left to remove, so there is no question.
  assert.deepEqual((await run(cleanup, fakeInspection(cleaned, { tasks: graph }), {}, false)).asked, []);

  const backend = fakeBackend({ finished: [1, 2, 3, 5], failed: [4] });
  const refused = await run(invalidate, fakeInspection(backend, { tasks: graph }), { target: "m.load" }, false);
  assert.match(refused.stdout, /^Task name +To remove\n-+\nm\.load +2\nm\.join +1\n\.+\nTotal: +3\n$/);
  assert.equal(refused.asked.length, 1);
  assert.deepEqual([backend.results.size, backend.failures.size], [4, 1]);
  const agreed = await run(invalidate, fakeInspection(backend, { tasks: graph }), { target: "m.load" }, true);
  assert.match(agreed.stdout, /Invalidated\n-+\nm\.load +2\n/);
  assert.equal(backend.results.size, 1);
});

Deno.test("--yes skips the question, and --dry-run only shows what would be removed", async () => {
  for (const [command, values] of [[cleanup, {}], [invalidate, { target: "/./" }]] as const) {
    const agreed = await run(command, fakeInspection(everything(), { tasks: graph }), { ...values, yes: true }, false);
    assert.deepEqual(agreed.asked, []);
    assert.match(agreed.stdout, /Removed 1|Invalidated/);
  }
  const backend = everything();
  const dry = async (command: Command, values: OptionValues) => {
    const { stdout, asked } = await run(
      command,
      fakeInspection(backend, { tasks: graph }),
      { ...values, dryRun: true },
      false,
    );
    assert.deepEqual(asked, []);
    assert.deepEqual(content(backend), content(everything()));
    return stdout;
  };
  assert.match(await dry(cleanup, {}), /m\.gone +1\n[^]*Would remove 1 unused results\nWould remove 3 locks\n$/);
  assert.match(await dry(cleanup, { keepLocks: true }), /Would remove 1 unused results\n$/);
  assert.equal(await dry(cleanup, { locksOnly: true }), "Would remove 3 locks\n");
  assert.equal(await dry(cleanup, { failedOnly: true }), "Would remove 2 failures\n");
  assert.match(await dry(invalidate, { target: "m.load" }), /m\.load +1\n[^]*Would invalidate 1 results\n$/);
});
