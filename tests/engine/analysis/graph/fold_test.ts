import assert from "node:assert/strict";
import { countAll } from "../../../../engine/inspect/task_state.ts";
import type { TaskGraph } from "../../../../engine/analysis/graph/model.ts";
import { pictureOf } from "../../../../engine/analysis/graph/picture.ts";
import { newOwner } from "../../../backends/backend_contract.ts";
import { storeResult, withLoaded } from "../../../support/analysis/graphs.ts";

/** Returns the edges with the names of functions: `a > b: 3`. */
function edgesOf({ nodes, edges }: TaskGraph): string[] {
  return edges.map(({ from, to, count }) => `${nodes[from]?.name} > ${nodes[to]?.name}: ${count}`).sort();
}

/** Returns the barriers with the names of functions. */
function barriersOf({ nodes, barriers }: TaskGraph) {
  const names = (indices: readonly number[]) => indices.map((index) => nodes[index]?.name);
  return barriers.map(({ place, before, after, ...rest }) => ({
    line: place?.line,
    ...rest,
    before: names(before),
    after: names(after),
  }));
}

Deno.test("tasks are folded by function and counted by state, and dependencies through tasklets count", () =>
  withLoaded(
    `const load = jug.TaskGenerator(function load(n) { return [n]; });
const join = jug.TaskGenerator(function join(parts, more) { return parts; });
const loaded = [1, 2, 3, 4].map((n) => load(n));
join(loaded, loaded[0].get(0));
join([loaded[1].get(0), loaded[2].get(0).get(1)], loaded[1]);
`,
    async ({ backend, inspection, fold }) => {
      const [first, second, third, fourth] = inspection.session.tasks.keys();
      assert(first && second && third && fourth);
      await storeResult(backend, first);
      const owner = newOwner();
      await backend.join(owner);
      const [running, failing] = await backend.claim([second, third], { owner, thread: 0 });
      assert(running?.kind === "claimed" && failing?.kind === "claimed");
      await backend.fail([{ lock: failing.lock, bytes: new Uint8Array(1) }]);
      const graph = await fold();
      assert.deepEqual(graph.nodes, [
        { name: "j.load", isCompound: false, counts: { finished: 1, running: 1, failed: 1, ready: 1, waiting: 0 } },
        { name: "j.join", isCompound: false, counts: { finished: 0, running: 0, failed: 0, ready: 0, waiting: 2 } },
      ]);
      // Four by the first join, whose tasklet needs a task that is there already, and two by the second.
      assert.deepEqual(edgesOf(graph), ["j.load > j.join: 6"]);
      assert.equal(countAll(graph.total), 6);
      assert.deepEqual(graph.barriers, []);
    },
  ));

Deno.test("tasks that need tasks of their own function are an edge from the function to itself", () =>
  withLoaded(
    `const step = jug.TaskGenerator(function step(previous) { return previous; });
const swap = jug.TaskGenerator(function swap(x) { return x; });
step(swap(step(step(step(0)))));
`,
    async ({ fold, finish }) => {
      assert.deepEqual(edgesOf(await fold()), ["j.step > j.step: 2", "j.step > j.swap: 1", "j.swap > j.step: 1"]);
      await finish("j.step", "j.swap");
      assert.deepEqual((await fold()).total, { finished: 5, running: 0, failed: 0, ready: 0, waiting: 0 });
    },
  ));

Deno.test("a compound task is marked, and what it declared is there as long as its result is not", () =>
  withLoaded(
    `const part = jug.TaskGenerator(function part(n) { return n; });
const whole = jug.CompoundTaskGenerator(function whole(n) { return [part(n), part(n + 1)]; });
whole(1); whole(5);
`,
    async ({ fold, backend, inspection }) => {
      const graph = await fold();
      assert.deepEqual(graph.nodes.map(({ name, isCompound }) => [name, isCompound]), [["j.whole", true], [
        "j.part",
        false,
      ]]);
      assert.deepEqual(edgesOf(graph), ["j.part > j.whole: 4"]);
      for (const hash of inspection.session.tasks.keys()) await storeResult(backend, hash);
      assert.equal((await fold()).total.finished, 6);
    },
  ));

const BARRIERS = `const f = jug.TaskGenerator(function f(n) { return n; });
const g = jug.TaskGenerator(function g(n) { return n; });
const h = jug.TaskGenerator(function h(n) { return n; });
g(f(1)); f(2);
await jug.barrier();
await jug.barrier();
const last = h(3);
await jug.bvalue(last).catch(() => {});
f(4);
`;

Deno.test("a barrier is between the functions that it waits for and those that follow, as far as they are known", () =>
  withLoaded(BARRIERS, async ({ fold, finish }) => {
    const unmet = { line: 6, isMet: false, times: 1, waitsFor: 3, unfinished: 3, follows: [] };
    const first = await fold();
    assert.deepEqual(barriersOf(first), [{ ...unmet, before: ["j.f", "j.g"], after: [] }]);
    // The results of j.f go to j.g, so only j.g has an arrow to the barrier.
    assert.deepEqual(
      pictureOf(first).arrows.filter(({ count }) => count === undefined),
      [{ from: "n1", to: "b0", count: undefined }, { from: "b0", to: "h0", count: undefined }],
    );
    await finish("j.f", "j.g");
    const met = { isMet: true, times: 1, unfinished: 0 };
    assert.deepEqual(barriersOf(await fold()), [
      { ...met, line: 6, waitsFor: 3, follows: [], before: ["j.f", "j.g"], after: [] },
      { ...met, line: 7, waitsFor: 3, follows: [0], before: [], after: ["j.h"] },
      { ...unmet, line: 9, waitsFor: 1, unfinished: 1, before: ["j.h"], after: [] },
    ]);
    await finish("j.h");
    const all = await fold();
    assert.deepEqual(barriersOf(all).map(({ isMet, after }) => [isMet, after]), [[true, []], [true, ["j.h"]], [
      true,
      ["j.f"],
    ]]);
    const arrows = pictureOf(all).arrows.filter(({ count }) => count === undefined);
    assert.deepEqual(arrows.map(({ from, to }) => `${from} ${to}`), ["n1 b0", "b0 b1", "b1 n2", "n2 b2", "b2 n0"]);
  }));

Deno.test("barriers in a loop are one, met and unmet apart, and those of a compound task's function are there too", () =>
  withLoaded(
    `const f = jug.TaskGenerator(function f(n) { return n; });
const inner = jug.TaskGenerator(function inner(n) { return n; });
jug.CompoundTask(async function whole() {
  const one = inner(1);
  await jug.barrier();
  return [one, inner(2)];
});
for (let n = 0; n < 3; n++) {
  f(n);
  await jug.barrier();
}
`,
    async ({ fold, finish }) => {
      await finish("j.inner");
      await finish("j.inner", "j.f", "j.whole");
      const graph = await fold();
      const [inner, loop, ...others] = barriersOf(graph).toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
      assert.deepEqual(inner, {
        ...{ line: 6, isMet: true, times: 1, waitsFor: 1, unfinished: 0, follows: [] },
        before: ["j.inner"],
        after: ["j.inner"],
      });
      assert.deepEqual([loop?.line, loop?.isMet, loop?.times], [11, true, 1]);
      assert.deepEqual(others.map(({ line, isMet, times }) => [line, isMet, times]), [[11, false, 1]]);
      await finish("j.f");
      await finish("j.f");
      const last = barriersOf(await fold()).filter(({ line }) => line === 11);
      assert.deepEqual(last.map(({ isMet, times, follows }) => [isMet, times, follows]), [[true, 3, []]]);
    },
  ));

Deno.test("a graph of tasks has a node for each task, with its arguments and state", () =>
  withLoaded(
    `const f = jug.TaskGenerator(function f(text, n) { return text; });
const [one] = [f("a <b>\\n\\u0007", 1), f("z".repeat(500), 2)];
f(one, 3);
`,
    async ({ fold, backend, inspection }) => {
      const [first] = inspection.session.tasks.keys();
      assert(first);
      await storeResult(backend, first);
      const { kind, nodes, edges } = await fold("tasks");
      assert.equal(kind, "tasks");
      assert.deepEqual(nodes.map(({ name }) => name), ["j.f", "j.f", "j.f"]);
      assert.deepEqual(nodes.map(({ task }) => task?.hash), [...inspection.session.tasks.keys()]);
      assert.deepEqual(nodes.map(({ counts }) => [counts.finished, counts.ready]), [[1, 0], [0, 1], [0, 1]]);
      assert.match(nodes[0]?.task?.args ?? "", /^'a <b>\\n\\x07', 1$/);
      assert.ok((nodes[1]?.task?.args.length ?? 0) <= 200);
      assert.equal(nodes[2]?.task?.args, "<j.f>, 3");
      assert.deepEqual(edges, [{ from: 0, to: 2, count: 1 }]);
    },
  ));
