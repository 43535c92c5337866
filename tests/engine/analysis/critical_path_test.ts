import assert from "node:assert/strict";
import fc from "npm:fast-check@4";
import { criticalPath, foldPath } from "../../../engine/analysis/critical_path.ts";
import { hashesOf } from "../../backends/backend_contract.ts";
import { hashOf, task } from "../../support/fake_inspection.ts";

/** Returns the path through tasks whose durations are in the order of the tasks. */
function pathOf(tasks: readonly ReturnType<typeof task>[], durations: readonly (number | undefined)[]) {
  const known = new Map(tasks.map(({ hash }, i) => [hash, durations[i]]));
  return criticalPath(tasks, ({ hash }) => known.get(hash));
}

Deno.test("criticalPath() finds the chain that took longest, not the one with the most tasks", () => {
  const tasks = [task(1, "a"), task(2, "b", 1), task(3, "c", 2), task(4, "slow"), task(5, "end", 3, 4)];
  const path = pathOf(tasks, [1, 1, 1, 10, 2]);
  assert.deepEqual([path.total, [...path.tasks]], [12, [3, 4]]);
  assert.deepEqual([...pathOf(tasks, [4, 4, 4, 10, 2]).tasks], [0, 1, 2, 4]);
});

Deno.test("criticalPath() passes tasks whose durations are not known, but does not end with one", () => {
  const tasks = [task(1, "a"), task(2, "removed", 1), task(3, "b", 2), task(4, "waiting", 3)];
  const path = pathOf(tasks, [5, undefined, 3, undefined]);
  assert.deepEqual([path.total, [...path.tasks]], [8, [0, 1, 2]]);
  assert.deepEqual([...pathOf(tasks, []).tasks], []);
  assert.deepEqual([...pathOf([], []).tasks], []);
});

Deno.test("criticalPath() takes the longest chain where all tasks took no time, and ignores what is not declared", () => {
  const tasks = [task(1, "a"), task(2, "b", 1, 99), task(3, "c", 2), task(4, "d", 4)];
  assert.deepEqual([...pathOf(tasks, [0, 0, 0, 0]).tasks], [0, 1, 2]);
});

Deno.test("criticalPath() agrees with a search of all chains", () => {
  const graph = fc.array(fc.record({ duration: fc.nat(9), needs: fc.array(fc.nat(20), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(graph, (nodes) => {
    const tasks = nodes.map(({ needs }, i) => task(i, "t", ...needs.filter((needed) => needed < i)));
    const longest = (i: number): number =>
      (nodes[i]?.duration ?? 0) + Math.max(0, ...(nodes[i]?.needs ?? []).filter((needed) => needed < i).map(longest));
    const path = pathOf(tasks, nodes.map(({ duration }) => duration));
    assert.equal(path.total, Math.max(...nodes.map((_, i) => longest(i))));
    assert.equal(path.tasks.reduce((sum, i) => sum + (nodes[i]?.duration ?? 0), 0), path.total);
    for (const [at, i] of path.tasks.entries()) {
      const before = path.tasks[at - 1];
      if (before !== undefined) assert.ok(tasks[i]?.dependencies.includes(hashOf(before)));
    }
  }));
});

Deno.test("criticalPath() takes a chain of 200,000 tasks", () => {
  // Hashes that are distributed evenly, as real ones are.
  const hashes = hashesOf(200_000);
  const tasks = hashes.map((hash, i) => ({ hash, dependencies: hashes.slice(Math.max(0, i - 1), i) }));
  const path = criticalPath(tasks, () => 2);
  assert.deepEqual([path.total, path.tasks.length, path.tasks.at(-1)], [400_000, 200_000, 199_999]);
});

Deno.test("foldPath() folds consecutive tasks of one name", () => {
  const chain = [task(1, "a"), task(2, "a"), task(3, "b"), task(4, "a")];
  const folded = foldPath(chain, ({ hash }) => hash === hashOf(2) ? undefined : 5);
  assert.deepEqual(folded.map(({ name, count, total, first }) => [name, count, total, first.hash]), [
    ["a", 2, 5, hashOf(1)],
    ["b", 1, 5, hashOf(3)],
    ["a", 1, 5, hashOf(4)],
  ]);
});
