import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import type { Barrier } from "../../../core/session/barrier_keeper.ts";
import type { Hash } from "../../../core/brand.ts";
import { createSession, type DeclaredTask, runInSession } from "../../../core/session/session.ts";
import { Graph, type GraphOptions } from "../../../engine/graph/graph.ts";

/** Returns a graph and its tasks by number: 1 and 2 are leaves, 3 needs both, 4 needs 3, 5 is independent. */
function sample(options: Partial<GraphOptions> = {}) {
  const session = createSession();
  const graph = new Graph({ isWanted: () => true, start: 0, ...options });
  session.onDeclare = (task) => graph.add(task);
  runInSession(session, () => {
    const leaf = TaskGenerator(function leaf(n: number) {
      return n;
    });
    const join = TaskGenerator(function join(...ns: number[]) {
      return ns.length;
    });
    const [one, two] = [leaf(1), leaf(2)];
    const three = join(one, two);
    join(three);
    leaf(5);
  });
  const tasks = [...session.tasks.values()];
  const hash = (n: number): Hash => tasks[n - 1]?.hash ?? assert.fail(`no task ${n}`);
  const number = (task: DeclaredTask) => tasks.indexOf(task) + 1;
  const take = (limit = 10) => graph.take(limit, () => "take").map(number);
  return { graph, hash, take, state: (n: number) => graph.node(hash(n))?.state };
}

function barrierOf(hashes: readonly Hash[]): Barrier {
  return { waitsFor: { kind: "tasks", hashes }, place: undefined };
}

Deno.test("tasks are unchecked until the backend was asked; then they are ready or waiting", () => {
  const { graph, hash, take, state } = sample();
  assert.deepEqual(graph.unchecked(), [1, 2, 3, 4, 5].map(hash));
  assert.deepEqual(take(), []);
  graph.finish(hash(1));
  graph.settleUnchecked();
  assert.deepEqual([1, 2, 3, 4, 5].map(state), ["finished", "ready", "waiting", "waiting", "ready"]);
  assert.deepEqual([graph.counts.ready, graph.counts.waiting, graph.counts.finished], [2, 2, 1]);
  assert.deepEqual(take(), [2, 5]);
  assert.deepEqual(take(), []);
});

Deno.test("a task is ready once all its dependencies are finished, in whatever order", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  graph.finish(hash(2));
  graph.finish(hash(2)); // reported twice
  assert.equal(state(3), "waiting");
  graph.finish(hash(1));
  assert.equal(state(3), "ready");
  // 4 may be finished although 3 is not, if only 3 was invalidated.
  graph.finish(hash(4));
  assert.deepEqual(take(), [5, 3]);
});

Deno.test("tasks that this worker made ready come first", () => {
  const { graph, hash, take } = sample();
  graph.settleUnchecked();
  assert.deepEqual(take(2), [1, 2]);
  graph.finish(hash(1), true);
  graph.finish(hash(2), true);
  assert.deepEqual(take(), [3, 5]);
});

Deno.test("each worker starts at a place of its own in the list, and takes all tasks", () => {
  const { graph, take } = sample({ start: 0.5 });
  graph.settleUnchecked();
  assert.deepEqual(take(), [2, 5, 1]);
});

Deno.test("a worker that meets another moves to another part of the list, and takes all tasks", () => {
  const session = createSession();
  const graph = new Graph({ isWanted: () => true, start: 0 });
  session.onDeclare = (task) => graph.add(task);
  runInSession(session, () => {
    const leaf = TaskGenerator(function leaf(n: number) {
      return n;
    });
    for (let n = 0; n < 1000; n++) leaf(n);
  });
  graph.settleUnchecked();
  const places: unknown[] = [];
  const take = (limit: number) => graph.take(limit, () => "take").map((task) => task.args[0]);
  for (let move = 0; move < 4; move++) {
    assert.deepEqual(
      graph.ahead(3).map((task) => task.args[0]),
      graph.ahead(9).slice(0, 3).map((task) => task.args[0]),
    );
    const [at] = graph.ahead(1).map((task) => task.args[0]);
    assert.deepEqual(take(2), [at, Number(at) + 1]);
    places.push(at);
    graph.moveAway();
  }
  // Each move leads to a part of the list that is far from the others.
  assert.equal(new Set(places.map((place) => Math.floor(Number(place) / 200))).size, 4);
  const rest = take(1000);
  assert.equal(rest.length, 992);
  assert.equal(new Set([...rest, ...places]).size, 996);
});

Deno.test("take() stops at a task that does not fit, and takes it later", () => {
  const { graph } = sample();
  graph.settleUnchecked();
  let room = 1;
  assert.equal(graph.take(10, () => room-- > 0 ? "take" : "stop").length, 1);
  assert.equal(graph.take(10, () => "take").length, 2);
});

Deno.test("tasks that others hold are set aside until they are finished or given back", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  take(1);
  graph.hold(hash(1)); // another worker won the claim
  graph.hold(hash(2)); // known to be held before it was claimed
  assert.equal(graph.held().length, 2);
  assert.deepEqual(take(), [5]);
  graph.giveBack(hash(2));
  graph.finish(hash(1));
  assert.equal(graph.held().length, 0);
  assert.deepEqual([state(1), take()], ["finished", [2]]);
  graph.giveBack(hash(1)); // a finished task stays finished
  assert.equal(state(1), "finished");
});

Deno.test("a task whose result is lost runs again, and its dependents wait; finished dependents stay finished", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  for (const n of [1, 2]) graph.finish(hash(n));
  assert.equal(state(3), "ready");
  graph.lose(hash(1));
  assert.deepEqual([state(1), state(3)], ["ready", "waiting"]);
  graph.lose(hash(5)); // it had no result
  assert.deepEqual(take().sort(), [1, 5]);
  graph.finish(hash(1));
  assert.deepEqual(take(), [3]);
  graph.finish(hash(3));
  graph.lose(hash(2));
  assert.deepEqual([state(2), state(3), state(4)], ["ready", "finished", "ready"]);
});

Deno.test("a claimed task whose dependency is lost waits after it is given back", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  for (const n of [1, 2]) graph.finish(hash(n));
  assert.ok(take().includes(3));
  graph.lose(hash(2));
  graph.giveBack(hash(3));
  assert.equal(state(3), "waiting");
  graph.finish(hash(2));
  assert.equal(state(3), "ready");
});

Deno.test("a failed task is not taken again, and its dependents stay waiting", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  take();
  graph.fail(hash(1));
  graph.giveBack(hash(1));
  graph.finish(hash(2));
  assert.deepEqual([state(1), state(3), take()], ["failed", "waiting", []]);
  graph.finish(hash(1)); // another process ran it again
  assert.deepEqual(take(), [3]);
});

Deno.test("unwanted tasks are never taken, but tasks that they made ready are", () => {
  const { graph, hash, take, state } = sample({ isWanted: (name) => name.endsWith(".join") });
  graph.settleUnchecked();
  assert.deepEqual([state(1), take()], ["ready", []]);
  for (const n of [1, 2]) graph.finish(hash(n));
  assert.deepEqual(take(), [3]);
});

Deno.test("a barrier opens when the last of its tasks is finished, and stays closed while a result is lost", async () => {
  const { graph, hash } = sample();
  graph.settleUnchecked();
  graph.finish(hash(1));
  let opened = false;
  const opening = graph.barriers.hold(barrierOf([1, 2].map(hash))).then(() => opened = true);
  assert.equal(graph.barriers.size, 1);
  graph.lose(hash(1));
  graph.finish(hash(2));
  await Promise.resolve();
  assert.deepEqual([opened, graph.barriers.size], [false, 1]);
  graph.finish(hash(1));
  assert.equal(graph.barriers.size, 0);
  await opening;
  await graph.barriers.hold(barrierOf([1, 2].map(hash)));
  await graph.barriers.hold(barrierOf([]));
});

Deno.test("looking ahead repeatedly, past tasks found finished, costs only the new tasks each time", () => {
  const session = createSession();
  const graph = new Graph({ isWanted: () => true, start: 0 });
  // The queue reads the state of each task that it passes, so count the reads.
  let looks = 0;
  session.onDeclare = (task) => graph.add(task);
  const f = runInSession(session, () =>
    TaskGenerator(function f(n: number) {
      return n;
    }));
  runInSession(session, () => {
    for (let n = 0; n < 6400; n++) f(n);
  });
  for (const node of graph.nodes()) {
    let { state } = node;
    Object.defineProperty(node, "state", {
      get: () => (looks++, state),
      set: (value: typeof state) => state = value,
    });
  }
  graph.settleUnchecked();
  looks = 0;
  let found = 0;
  for (let next = graph.ahead(64); next.length > 0; next = graph.ahead(64)) {
    found += next.length;
    for (const task of next) graph.finish(task.hash);
  }
  assert.equal(found, 6400);
  assert.ok(looks < 10 * 6400, `${looks} looks at 6400 tasks`);
});

Deno.test("a task needs its inputs until its function has returned, and again if its result is lost", () => {
  for (const loseClaim of ["hold", "giveBack"] as const) {
    const { graph, hash, take } = sample();
    graph.finish(hash(1));
    graph.finish(hash(2));
    graph.settleUnchecked();
    const three = graph.node(hash(3))?.task ?? assert.fail();
    assert.deepEqual(graph.noLongerNeeded(three), []);
    graph.compute(hash(3)); // not claimed, so it cannot have run here
    assert.deepEqual(graph.noLongerNeeded(three), []);
    assert.ok(take().includes(3));
    graph.compute(hash(3));
    assert.deepEqual(graph.noLongerNeeded(three), [1, 2].map(hash));
    graph[loseClaim](hash(3));
    assert.deepEqual(graph.noLongerNeeded(three), []);
  }
});
