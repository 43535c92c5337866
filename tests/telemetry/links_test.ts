import assert from "node:assert/strict";
import { memoryBackend } from "../../backends/memory.ts";
import { openBackend } from "../../backends/open.ts";
import { encodeRecord, type RecordMeta } from "../../core/value/record.ts";
import { Store } from "../../engine/results/store.ts";
import { carrierFrom, formatTraceparent, parseTraceparent } from "../../engine/telemetry/trace_context.ts";
import { hashOf } from "../support/fake_inspection.ts";
import { printedFlags } from "../support/printed_flags.ts";
import { withProject } from "../support/project.ts";
import { withCollector } from "../support/collector.ts";

const SUM = `import { TaskGenerator } from "jug";
const leaf = TaskGenerator(function leaf(n: number) { return n; });
const add = TaskGenerator(function add(ns: number[]) { return ns.reduce((a, b) => a + b, 0); });
export const sum = add([1, 2, 3].map((n) => leaf(n)));
`;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = { TRACEPARENT: `00-${TRACE}-b7ad6b7169203331-01`, BAGGAGE: "team=blue" };

for (const jugdir of ["sum.jugdata", "sqlite:sum.db"]) {
  Deno.test(`a task links to the runs of another process that computed its inputs, on ${jugdir}`, async () => {
    await withCollector(async (collector) => {
      await withProject({ "sum.ts": SUM }, async (project) => {
        const { folder, jug } = project;
        const first = await jug(`execute sum.ts --target leaf --jugdir ${jugdir}`, { env: collector.env });
        assert.equal(first.code, 0, first.stderr);
        const leaves = collector.spans("sum.leaf").map(({ traceId, spanId }) => ({ traceId, spanId }));
        const run = collector.span("jug execute");
        collector.clear();
        const second = await jug(`execute sum.ts --jugdir ${jugdir}`, { env: collector.env });
        assert.equal(second.code, 0, second.stderr);
        const add = collector.span("sum.add");
        assert.notEqual(add.traceId, run.traceId, "each run is a trace of its own");
        const bySpan = (a: { spanId: string }, b: { spanId: string }) => a.spanId < b.spanId ? -1 : 1;
        assert.equal(leaves.length, 3);
        assert.deepEqual([...add.links].sort(bySpan), leaves.sort(bySpan));
        const address = jugdir.startsWith("sqlite:") ? `sqlite:${folder}/sum.db` : `${folder}/${jugdir}`;
        const backend = await openBackend(address);
        const runs = (await Array.fromAsync(backend.listRuns?.() ?? [])).flat();
        await backend.close();
        assert.deepEqual(
          runs.map(({ trace }) => trace).sort(),
          [...leaves, add].map((span) => formatTraceparent({ ...span, traceFlags: 1 })).sort(),
        );
      });
    });
  });
}

Deno.test("a run is a part of the trace that the environment names, and its tasks send on the baggage", async () => {
  const source = `import { args, TaskGenerator } from "jug";
const ask = TaskGenerator(async function ask() { return await (await fetch(args[0] + "/ping")).text(); });
export const asked = ask();
`;
  await withCollector(async (collector) => {
    await withProject({ "ask.ts": source }, async ({ jug, results }) => {
      const { code, stderr } = await jug(`execute ask.ts ${collector.url}`, { env: { ...collector.env, ...PARENT } });
      assert.equal(code, 0, stderr);
      const run = collector.span("jug execute");
      assert.deepEqual([run.traceId, run.parent], [TRACE, "b7ad6b7169203331"]);
      assert.equal(collector.span("ask.ask").traceId, TRACE);
      assert.deepEqual(results("ask.jugdata").map(({ value }) => value), [
        `00-${TRACE}-${collector.span("GET").spanId}-01`,
      ]);
      assert.equal(collector.lastBaggage, "team=blue");
    });
  });
});

Deno.test("the flags that jug permissions prints suffice; a TRACEPARENT that may not be read is left out", async () => {
  await withCollector(async (collector) => {
    await withProject({ "sum.ts": SUM }, async (project) => {
      const permissions = await printedFlags(project, "sum.ts execute");
      const env = { ...collector.env, ...PARENT };
      const { code, stderr } = await project.jug("execute sum.ts", { permissions, env });
      assert.equal(code, 0, stderr);
      assert.equal(collector.span("jug execute").parent, "");
      assert.equal(collector.spans("sum.leaf").length, 3);
      assert.equal(collector.points("jug.tasks.finished").length, 2);
    });
  });
});

Deno.test("without OTEL_DENO nothing is sent and no trace is stored", async () => {
  await withCollector(async (collector) => {
    await withProject({ "sum.ts": SUM }, async ({ folder, jug }) => {
      const { OTEL_DENO: _, ...env } = collector.env;
      const { code, stderr } = await jug("execute sum.ts --workers 2", { env: { ...env, ...PARENT } });
      assert.equal(code, 0, stderr);
      assert.equal(collector.requests, 0);
      const backend = await openBackend(`${folder}/sum.jugdata`);
      const runs = (await Array.fromAsync(backend.listRuns?.() ?? [])).flat();
      await backend.close();
      assert.deepEqual(runs.map(({ trace }) => trace), [undefined, undefined, undefined, undefined]);
    });
  });
});

Deno.test("spans and counters can be turned off separately, and traces can be sampled out", async () => {
  await withCollector(async (collector) => {
    await withProject({ "sum.ts": SUM }, async ({ folder, jug }) => {
      const run = async (jugdir: string, more: Readonly<Record<string, string>>) => {
        collector.clear();
        const { code, stderr } = await jug(`execute sum.ts --jugdir ${jugdir}`, { env: { ...collector.env, ...more } });
        assert.equal(code, 0, stderr);
        return [collector.spans().length > 0, collector.points("jug.tasks.finished").length > 0];
      };
      assert.deepEqual(await run("a", { OTEL_DENO_TRACING: "false" }), [false, true]);
      assert.deepEqual(await run("b", { OTEL_DENO_METRICS: "false" }), [true, false]);
      assert.deepEqual(await run("c", { OTEL_TRACES_SAMPLER: "always_off" }), [false, true]);
      const backend = await openBackend(`${folder}/c`);
      const runs = (await Array.fromAsync(backend.listRuns?.() ?? [])).flat();
      await backend.close();
      assert.deepEqual(runs.map(({ trace }) => trace), [undefined, undefined, undefined, undefined]);
    });
  });
});

Deno.test("parseTraceparent() reads what formatTraceparent() writes, and refuses everything else", () => {
  const context = { traceId: TRACE, spanId: "b7ad6b7169203331", traceFlags: 1 };
  const text = `00-${TRACE}-b7ad6b7169203331-01`;
  assert.equal(formatTraceparent(context), text);
  assert.deepEqual(parseTraceparent(text), { ...context, isRemote: true });
  assert.deepEqual(parseTraceparent(`cc${text.slice(2)}-what-the-future-brings`), { ...context, isRemote: true });
  for (
    const wrong of [
      "",
      `${text}-more`,
      `ff${text.slice(2)}`,
      text.toUpperCase(),
      ` ${text}`,
      `${text}\n`,
      `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `00-${TRACE.slice(1)}-b7ad6b7169203331-01`,
    ]
  ) assert.equal(parseTraceparent(wrong), undefined, JSON.stringify(wrong));
});

Deno.test("carrierFrom() reads the trace that a program was started in, and nothing without TRACEPARENT", () => {
  const from = (variables: Readonly<Record<string, string>>) => carrierFrom((name) => variables[name]);
  assert.deepEqual(from(PARENT), { traceparent: PARENT.TRACEPARENT, baggage: "team=blue" });
  assert.equal(from({ BAGGAGE: "team=blue" }), undefined);
  assert.equal(from({ TRACEPARENT: "" }), undefined);
});

Deno.test("a result whose trace is no text is read like one without", async () => {
  const hash = hashOf(1);
  for (const trace of ["{}", "5", '{"toString":1}']) {
    const backend = memoryBackend();
    const meta: RecordMeta = JSON.parse(
      `{"name":"t","start":1,"finish":2,"worker":"w","hash":"${hash}","trace":${trace}}`,
    );
    await backend.complete([{
      hash,
      bytes: encodeRecord({ type: "result", value: 7, meta, label: "t" }),
      lock: undefined,
    }]);
    assert.deepEqual((await new Store(backend).load([hash])).get(hash), { kind: "found", value: 7 });
  }
});
