import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import type { Barrier } from "../../core/session/barrier_keeper.ts";
import type { Hash } from "../../core/brand.ts";
import { createSession, type DeclaredTask, runInSession } from "../../core/session/session.ts";
import { Graph, type GraphOptions } from "../../engine/graph/graph.ts";

/** A graph and its tasks by number: 1 and 2 are leaves, 3 needs both, 4 needs 3, 5 stands apart. */
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

Deno.test("tasks are unchecked until the backend was asked; then they are ready or wait", () => {
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

Deno.test("a task is ready once all it needs is finished, however they were finished and in whatever order", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  graph.finish(hash(2));
  graph.finish(hash(2)); // told twice
  assert.equal(state(3), "waiting");
  graph.finish(hash(1));
  assert.equal(state(3), "ready");
  // 4 may be finished though 3 is not: somebody invalidated 3 alone.
  graph.finish(hash(4));
  assert.deepEqual(take(), [5, 3]);
});

Deno.test("what this worker made ready comes first", () => {
  const { graph, hash, take } = sample();
  graph.settleUnchecked();
  assert.deepEqual(take(2), [1, 2]);
  graph.finish(hash(1), true);
  graph.finish(hash(2), true);
  assert.deepEqual(take(), [3, 5]);
});

Deno.test("each worker begins at a place of its own, and takes all the same", () => {
  const { graph, take } = sample({ start: 0.5 });
  graph.settleUnchecked();
  assert.deepEqual(take(), [2, 5, 1]);
});

Deno.test("a worker that meets another goes on elsewhere in the list, and takes all the same", () => {
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
  // Each in a part of the list that nobody is near.
  assert.equal(new Set(places.map((place) => Math.floor(Number(place) / 200))).size, 4);
  const rest = take(1000);
  assert.equal(rest.length, 992);
  assert.equal(new Set([...rest, ...places]).size, 996);
});

Deno.test("take() stops where the task does not fit, and takes that one later", () => {
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
  graph.hold(hash(1)); // claimed in vain
  graph.hold(hash(2)); // seen before it was tried
  assert.equal(graph.held().length, 2);
  assert.deepEqual(take(), [5]);
  graph.giveBack(hash(2));
  graph.finish(hash(1));
  assert.equal(graph.held().length, 0);
  assert.deepEqual([state(1), take()], ["finished", [2]]);
  graph.giveBack(hash(1)); // finished stays finished
  assert.equal(state(1), "finished");
});

Deno.test("a result that is lost makes its task run again, and what needs it wait; finished dependents stay", () => {
  const { graph, hash, take, state } = sample();
  graph.settleUnchecked();
  for (const n of [1, 2]) graph.finish(hash(n));
  assert.equal(state(3), "ready");
  graph.lose(hash(1));
  assert.deepEqual([state(1), state(3)], ["ready", "waiting"]);
  graph.lose(hash(5)); // it had none
  assert.deepEqual(take().sort(), [1, 5]);
  graph.finish(hash(1));
  assert.deepEqual(take(), [3]);
  graph.finish(hash(3));
  graph.lose(hash(2));
  assert.deepEqual([state(2), state(3), state(4)], ["ready", "finished", "ready"]);
});

Deno.test("a claimed task whose dependency is lost waits when it is given back", () => {
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

Deno.test("a failed task is not taken again, and what needs it goes on waiting", () => {
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

Deno.test("tasks that are not wanted are never taken, but what they made possible is", () => {
  const { graph, hash, take, state } = sample({ isWanted: (name) => name.endsWith(".join") });
  graph.settleUnchecked();
  assert.deepEqual([state(1), take()], ["ready", []]);
  for (const n of [1, 2]) graph.finish(hash(n));
  assert.deepEqual(take(), [3]);
});

Deno.test("a barrier opens when the last of its tasks is finished, and closes again for a result that is lost before", async () => {
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

Deno.test("looking ahead again and again, past what was found finished, costs what is new each time", () => {
  const session = createSession();
  const graph = new Graph({ isWanted: () => true, start: 0 });
  // A task's state is looked at on its way through the queue, so what is counted is how often its node is asked.
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
