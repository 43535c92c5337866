import assert from "node:assert/strict";
import { type Project, withProject } from "../support/project.ts";
import { type Collector, type ReceivedSpan, withCollector } from "../support/collector.ts";

/** Two tasks that end only when both are running, and one that needs them. Their arguments are a secret. */
const MEETING = `import { TaskGenerator } from "jug";
const meet = TaskGenerator(async function meet(own: string, other: string) {
  Deno.writeTextFileSync(own, "");
  while (!Deno.readDirSync(".").some(({ name }) => name === other)) await new Promise((go) => setTimeout(go, 20));
  return own.length;
});
const add = TaskGenerator(function add(a: number, b: number) { return a + b; });
export const sum = add(meet("hush-a", "hush-b"), meet("hush-b", "hush-a"));
`;

async function succeeds(project: Project, words: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await project.jug(words, { env });
  assert.equal(code, 0, `jug ${words}: ${stderr}`);
}

const tasksOf = (collector: Collector): ReceivedSpan[] =>
  collector.spans().filter(({ attributes }) => attributes["jug.task.name"] !== undefined);

const callsOf = (collector: Collector): ReceivedSpan[] =>
  collector.spans().filter(({ name }) => name.startsWith("jugdir."));

function checkMeeting(collector: Collector, system: string): void {
  const run = collector.span("jug execute");
  assert.deepEqual([run.parent, run.scope, run.kind, run.status.code], ["", "jug", 1, 0]);
  assert.equal(run.attributes["jug.jugfile"], "meeting.ts");
  assert.equal(run.attributes["jug.tasks.finished"], 3);
  const tasks = tasksOf(collector);
  assert.deepEqual(tasks.map(({ name }) => name).sort(), ["meeting.add", "meeting.meet", "meeting.meet"]);
  for (const task of tasks) {
    assert.equal(task.parent, run.spanId, `${task.name} is a part of the run`);
    assert.match(String(task.attributes["jug.task.hash"]), /^[0-9a-f]{40,}$/);
    assert.deepEqual([task.attributes["jug.task.attempt"], task.attributes["jug.task.outcome"]], [1, "finished"]);
    assert.ok(task.start >= run.start - 1 && task.end <= run.end + 1, "a task begins and ends in the run");
  }
  const workers = new Set(collector.spans("meeting.meet").map(({ attributes }) => attributes["jug.worker"]));
  assert.equal(workers.size, 2, "two workers ran the two tasks");
  const calls = callsOf(collector);
  const parents = new Set([run, ...tasks].map(({ spanId }) => spanId));
  for (const { name, parent, kind, attributes } of calls) {
    assert.ok(parents.has(parent), `${name} is a part of the run or of a task`);
    assert.deepEqual([kind, attributes["db.system.name"]], [3, system]);
    assert.equal(attributes["db.operation.name"], name.slice("jugdir.".length));
  }
  for (const name of ["join", "has", "claim", "complete", "leave", "close"]) {
    assert.ok(calls.some((call) => call.name === `jugdir.${name}`), name);
  }
  assert.ok(!calls.some(({ name }) => name === "jugdir.waitForChange"));
  const stored = collector.spans("jugdir.complete").map(({ attributes }) => attributes["db.operation.batch.size"]);
  assert.equal(stored.reduce((sum: number, size) => sum + Number(size), 0), 3);
  assert.ok(collector.spans().every(({ traceId }) => traceId === run.traceId), "there is one trace");
  assert.doesNotMatch(collector.text, /hush/, "arguments are not sent");
  const finished = collector.points("jug.tasks.finished");
  assert.deepEqual(
    finished.map(({ attributes, value }) => [attributes["jug.task.name"], value]).sort(),
    [["meeting.add", 1], ["meeting.meet", 2]],
  );
  const timed = collector.points("jug.task.duration").map(({ attributes, value }) => [
    attributes["jug.task.name"],
    value,
  ]);
  assert.deepEqual(timed.sort(), [["meeting.add", 1], ["meeting.meet", 2]]);
}

for (
  const [where, system] of [["meeting.jugdata", "file"], ["sqlite:meeting.db", "sqlite"], [
    "memory:",
    "memory",
  ]] as const
) {
  Deno.test(`a run, its tasks and the calls of the backend are one trace, on ${where}`, async () => {
    await withCollector(async (collector) => {
      await withProject({ "meeting.ts": MEETING }, async (project) => {
        await succeeds(project, `execute meeting.ts --workers 2 --jugdir ${where}`, collector.env);
        checkMeeting(collector, system);
      });
    });
  });
}

Deno.test("with --isolate, the processes of the workers take part in the trace and send all they have", async () => {
  await withCollector(async (collector) => {
    await withProject({ "meeting.ts": MEETING }, async (project) => {
      await succeeds(project, "execute meeting.ts --isolate --workers 2", collector.env);
      checkMeeting(collector, "file");
    });
  });
});

Deno.test("threads take part in the trace though OTEL_PROPAGATORS sends nothing to other programs", async () => {
  await withCollector(async (collector) => {
    await withProject({ "meeting.ts": MEETING }, async (project) => {
      await succeeds(project, "execute meeting.ts --workers 2", { ...collector.env, OTEL_PROPAGATORS: "none" });
      checkMeeting(collector, "file");
    });
  });
});

Deno.test("code inside tasks that run at once sees its own task's span, as do requests and output", async () => {
  const source = `import { args, TaskGenerator } from "jug";
const api = Reflect.get(globalThis, Symbol.for("opentelemetry.js.api.1"));
const current = () => api.context.active().getValue(Symbol.for("OpenTelemetry Context Key SPAN")).spanContext().spanId;
let here = 0;
const all = Promise.withResolvers<void>();
const ask = TaskGenerator(async function ask(n: number) {
  const before = current();
  if (++here === 3) all.resolve();
  await all.promise;
  console.log("this is", n);
  const sent = await (await fetch(args[0] + "/ping?" + n)).text();
  return { n, before, after: current(), sent };
});
export const asked = [1, 2, 3].map((n) => ask(n));
`;
  await withCollector(async (collector) => {
    await withProject({ "asks.ts": source }, async (project) => {
      await succeeds(project, `execute asks.ts --concurrency 3 ${collector.url}`, collector.env);
      const { traceId } = collector.span("jug execute");
      const results = project.results("asks.jugdata").map(({ value }) => value);
      assert.equal(results.length, 3);
      const spanIds = new Set<string>();
      for (const result of results) {
        assert.ok(typeof result === "object" && result !== null && "n" in result && "before" in result);
        const task = collector.spans("asks.ask").find(({ spanId }) => spanId === result.before);
        assert.ok(task !== undefined);
        spanIds.add(task.spanId);
        const request = collector.spans("GET").find(({ attributes }) =>
          attributes["url.full"] === `${collector.url}/ping?${result.n}`
        );
        assert.equal(request?.parent, task.spanId);
        assert.deepEqual(result, {
          n: result.n,
          before: task.spanId,
          after: task.spanId,
          sent: `00-${traceId}-${request.spanId}-01`,
        });
        const output = { "log.iostream": "stdout", "log.record.original": `this is ${result.n}` };
        assert.deepEqual(task.events, [{ name: "log", attributes: output }]);
      }
      assert.equal(spanIds.size, 3);
    });
  });
});

Deno.test("a script that runs tasks itself has the same spans and counters", async () => {
  const source = `import { execute, setJugdir, TaskGenerator } from "jug";
const twice = TaskGenerator(function twice(n: number) { return 2 * n; });
setJugdir("script.jugdata");
twice(twice(1));
await execute();
`;
  await withCollector(async (collector) => {
    await withProject({ "script.ts": source }, async (project) => {
      const { code, stderr } = await project.script("script.ts", [], collector.env);
      assert.equal(code, 0, stderr);
      const run = collector.span("jug execute");
      const tasks = tasksOf(collector);
      assert.equal(tasks.length, 2);
      for (const task of tasks) assert.equal(task.parent, run.spanId);
      assert.ok(callsOf(collector).some(({ name, parent }) => name === "jugdir.claim" && parent === run.spanId));
      assert.deepEqual(collector.points("jug.tasks.finished").map(({ value }) => value), [2]);
    });
  });
});
