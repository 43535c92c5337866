import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import type { Stretch } from "../../../core/session/barrier_keeper.ts";
import type { Hash } from "../../../core/brand.ts";
import type { Frame } from "../../../core/session/frame.ts";
import { createSession, runInSession } from "../../../core/session/session.ts";
import { Barriers } from "../../../engine/graph/barriers.ts";

/**
 * Returns barriers over `count` tasks, and functions that finish and lose tasks. `asked` counts calls of `isFinished`.
 */
function sample(count: number) {
  const session = createSession();
  runInSession(session, () => {
    const f = TaskGenerator(function f(n: number) {
      return n;
    });
    for (let n = 0; n < count; n++) f(n);
  });
  const declared: readonly Hash[] = [...session.tasks.keys()];
  const finished = new Set<Hash>();
  const asked = { times: 0 };
  const barriers = new Barriers({ declared, isFinished: (hash) => (asked.times++, finished.has(hash)) });
  const hash = (n: number): Hash => declared[n] ?? assert.fail(`no task ${n}`);
  const finish = (...ns: number[]) => {
    for (const n of ns) {
      finished.add(hash(n));
      barriers.finish(hash(n));
    }
  };
  const lose = (...ns: number[]) => {
    for (const n of ns) {
      finished.delete(hash(n));
      barriers.lose(hash(n));
    }
  };
  const opened: string[] = [];
  const hold = (name: string, ...stretches: Stretch[]) => {
    barriers.hold({ waitsFor: { kind: "above", stretches }, place: undefined }).then(() => opened.push(name));
  };
  const frame = (declared: Hash[], parent?: Frame): Frame => ({ parent, before: 0, declared, isOver: false });
  return { barriers, hash, finish, lose, hold, frame, opened, asked };
}

const above = (count: number, frame?: Frame): Stretch => ({ frame, count });

Deno.test("a barrier opens when all tasks above its line are finished, in whatever order", async () => {
  const { finish, hold, opened, barriers } = sample(4);
  hold("three", above(3));
  hold("one", above(1));
  hold("none", above(0));
  finish(2, 1);
  await Promise.resolve();
  assert.deepEqual(opened, ["none"]);
  finish(0);
  await Promise.resolve();
  assert.deepEqual([opened.toSorted(), barriers.size], [["none", "one", "three"], 0]);
  hold("again", above(3));
  hold("all", above(4));
  await Promise.resolve();
  assert.deepEqual(opened.slice(3), ["again"]);
  finish(3);
  await Promise.resolve();
  assert.deepEqual(opened.slice(4), ["all"]);
});

Deno.test("a barrier in a compound task's function waits for tasks declared before it and inside it, not for later ones", async () => {
  const { finish, hold, frame, hash, opened } = sample(4);
  const inner = frame([hash(3)]);
  hold("inner", above(1, inner), above(1));
  finish(3);
  await Promise.resolve();
  assert.deepEqual(opened, []);
  finish(0);
  await Promise.resolve();
  assert.deepEqual(opened, ["inner"]);
});

Deno.test("a result lost above a line closes the barrier again, and the barrier opens when the result is back", async () => {
  const { finish, lose, hold, opened, barriers } = sample(3);
  finish(0);
  hold("all", above(3));
  finish(1);
  lose(0);
  finish(2);
  await Promise.resolve();
  assert.deepEqual([opened, barriers.size], [[], 1]);
  finish(0);
  await Promise.resolve();
  assert.deepEqual(opened, ["all"]);
});

Deno.test("the cost of many barriers over many tasks, and of many lost results, does not multiply", () => {
  const many = 5000;
  const { finish, lose, hold, barriers, asked, hash } = sample(many);
  const all = Array.from({ length: many }, (_, n) => n);
  for (let n = 0; n < 500; n++) hold(`${n}`, above(many));
  barriers.hold({ waitsFor: { kind: "tasks", hashes: all.map(hash) }, place: undefined });
  for (const n of all.slice(0, -1)) finish(n);
  for (const n of all.slice(0, -1).toReversed()) lose(n);
  for (const n of all.slice(0, -1)) finish(n);
  assert.equal(barriers.size, 501);
  finish(many - 1);
  assert.equal(barriers.size, 0);
  assert.ok(asked.times < 10 * many, `asked ${asked.times} times whether one of ${many} tasks is finished`);
});
