import assert from "node:assert/strict";
import { openBackend } from "../../backends/open.ts";
import type { RunEntry } from "../../backends/backend.ts";
import { withProject } from "../support/project.ts";
import { withScene } from "../support/campaign/watch.ts";
import { type ReceivedSpan, withCollector } from "../support/collector.ts";

const FLAKY = `import { TaskGenerator } from "jug";
let calls = 0;
const flaky = TaskGenerator(function flaky() {
  if (++calls < 3) throw new RangeError("call " + calls);
  return calls;
}, { retries: 1, backoff: 1 });
flaky();
`;

const SPIN = `import { TaskGenerator } from "jug";
const spin = TaskGenerator(function spin() { for (;;); }, { timeout: 300 });
const twice = TaskGenerator(function twice(n: number) { return 2 * n; });
spin();
export const doubled = [1, 2, 3].map((n) => twice(n));
`;

async function runsIn(address: string): Promise<RunEntry[]> {
  const backend = await openBackend(address);
  try {
    return (await Array.fromAsync(backend.listRuns?.() ?? [])).flat();
  } finally {
    await backend.close();
  }
}

const traceOf = ({ traceId, spanId }: ReceivedSpan): string => `00-${traceId}-${spanId}-01`;

Deno.test("each attempt has a span; those that failed say why, and the failure and the result name theirs", async () => {
  await withCollector(async (collector) => {
    await withProject({ "flaky.ts": FLAKY }, async (project) => {
      assert.equal((await project.jug("execute flaky.ts", { env: collector.env })).code, 1);
      const run = collector.span("jug execute");
      assert.deepEqual(run.status, { code: 2, message: "tasks that failed: 1" });
      const attempts = collector.spans("flaky.flaky");
      assert.deepEqual(attempts.map(({ attributes }) => attributes["jug.task.attempt"]), [1, 2]);
      for (const [i, { parent, status, attributes, events }] of attempts.entries()) {
        assert.equal(parent, run.spanId);
        assert.deepEqual(status, { code: 2, message: `call ${i + 1}` });
        assert.deepEqual([attributes["error.type"], attributes["jug.task.outcome"]], ["RangeError", "failed"]);
        const [exception] = events;
        assert.equal(exception?.name, "exception");
        assert.equal(exception.attributes["exception.type"], "RangeError");
        assert.equal(exception.attributes["exception.message"], `call ${i + 1}`);
        assert.match(String(exception.attributes["exception.stacktrace"]), /flaky\.ts:4:/);
      }
      assert.deepEqual(
        collector.points("jug.tasks.failed").map(({ value, attributes }) => [value, attributes]),
        [[1, { "jug.task.name": "flaky.flaky", "error.type": "RangeError" }]],
      );
      const last = attempts.at(-1);
      assert.ok(last !== undefined);
      const jugdir = `${project.folder}/flaky.jugdata`;
      assert.deepEqual((await runsIn(jugdir)).map(({ kind, trace }) => [kind, trace]), [["failure", traceOf(last)]]);
    });
  });
});

for (const words of ["execute spin.ts --keep-going", "execute spin.ts --keep-going --isolate"]) {
  Deno.test(`jug ${words}: a task that never returns has a span that failed`, async () => {
    await withCollector(async (collector) => {
      await withProject({ "spin.ts": SPIN }, async (project) => {
        assert.equal((await project.jug(words, { env: collector.env })).code, 1);
        const run = collector.span("jug execute");
        const spin = collector.span("spin.spin");
        assert.equal(spin.parent, run.spanId);
        assert.equal(spin.attributes["error.type"], "TimeoutError");
        assert.ok(spin.end - spin.start >= 300, "it lasts as long as the task ran");
        assert.ok(spin.start >= run.start);
        for (const { parent } of collector.spans("spin.twice")) assert.equal(parent, run.spanId);
        const failed = (await runsIn(`${project.folder}/spin.jugdata`)).filter(({ kind }) => kind === "failure");
        assert.deepEqual(failed.map(({ trace }) => trace), [traceOf(spin)]);
        assert.equal(collector.points("jug.tasks.failed").length, 1);
      });
    });
  });
}

Deno.test("a jugfile that cannot be loaded is an exception of the run's span", async () => {
  await withCollector(async (collector) => {
    await withProject({ "broken.ts": `throw new TypeError("no data");\n` }, async (project) => {
      assert.notEqual((await project.jug("execute broken.ts", { env: collector.env })).code, 0);
      const { status, events, attributes } = collector.span("jug execute");
      assert.deepEqual([status.code, attributes["error.type"]], [2, "TypeError"]);
      assert.equal(events[0]?.attributes["exception.message"], "no data");
    });
  });
});

Deno.test("a task that is taken over from a killed process is counted", async () => {
  await withCollector(async (collector) => {
    await withScene(async (scene) => {
      const victim = scene.hold(["async:t"]);
      await scene.begun("t");
      victim.kill("SIGKILL");
      await victim.result;
      const heir = scene.hold(["async:t"], [], { env: collector.env });
      await scene.begun("t", heir.pid);
      scene.letEnd("t");
      const { code, stderr } = await heir.result;
      assert.equal(code, 0, stderr);
      assert.match(stderr, /took over holds\.\w+\(.*\) from a dead process/);
      const [taken, ...others] = collector.points("jug.tasks.taken_over");
      assert.deepEqual(others, []);
      assert.equal(taken?.value, 1);
      assert.match(String(taken.attributes["jug.task.name"]), /^holds\./);
    });
  });
});
