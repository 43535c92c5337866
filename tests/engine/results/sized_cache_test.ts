import assert from "node:assert/strict";
import { SizedCache } from "../../../engine/results/sized_cache.ts";

Deno.test("the cache keeps the entries used last, within its limit", () => {
  const cache = new SizedCache<string>({ limit: 100 });
  for (const key of ["a", "b", "c", "d"]) cache.set(key, key, 25);
  assert.deepEqual([cache.size, cache.room], [100, 0]);
  cache.get("a");
  cache.set("e", "e", 20);
  assert.deepEqual(["a", "b", "c", "d", "e"].map((key) => cache.get(key)), ["a", undefined, "c", "d", "e"]);
  assert.deepEqual([cache.size, cache.room], [95, 5]);
});

Deno.test("an entry that fills the whole limit is kept; a larger one is not, and its old entry is removed", () => {
  const cache = new SizedCache<number>({ limit: 100 });
  cache.set("a", 1, 10);
  cache.set("b", 2, 100);
  assert.deepEqual([cache.has("a"), cache.get("b"), cache.size], [false, 2, 100]);
  cache.set("b", 3, 101);
  assert.deepEqual([cache.has("b"), cache.size], [false, 0]);
});

Deno.test("one entry larger than the limit is kept beside the rest if four times its size is free", () => {
  let free = 480;
  const cache = new SizedCache<string>({ limit: 100, freeMemory: () => free });
  cache.set("small", "small", 60);
  cache.set("large", "large", 120);
  assert.deepEqual([cache.get("small"), cache.get("large"), cache.has("large"), cache.size], [
    "small",
    "large",
    true,
    180,
  ]);
  cache.set("other", "other", 110);
  assert.deepEqual([cache.get("large"), cache.get("other")], [undefined, "other"]);
  free = 439;
  cache.set("other", "other", 110);
  assert.deepEqual([cache.get("other"), cache.size], [undefined, 60]);
});

Deno.test("with a limit of zero nothing is kept, however much memory is free", () => {
  const cache = new SizedCache<number>({ limit: 0, freeMemory: () => Infinity });
  cache.set("a", 1, 1);
  assert.deepEqual([cache.get("a"), cache.size], [undefined, 0]);
});

Deno.test("an entry that is set again or deleted does not count twice", () => {
  const cache = new SizedCache<number>({ limit: 100, freeMemory: () => 1000 });
  cache.set("a", 1, 20);
  cache.set("a", 2, 5);
  assert.equal(cache.size, 5);
  cache.set("a", 3, 200);
  assert.equal(cache.size, 200);
  cache.set("a", 4, 7);
  assert.deepEqual([cache.get("a"), cache.size], [4, 7]);
  cache.delete("a");
  cache.delete("a");
  assert.deepEqual([cache.get("a"), cache.size], [undefined, 0]);
});

Deno.test("each value that leaves the cache is reported once, but not one that another replaces", () => {
  const dropped: string[] = [];
  const cache = new SizedCache<string>({
    limit: 100,
    freeMemory: () => 1000,
    onDropped: (value) => dropped.push(value),
  });
  const take = () => dropped.splice(0);
  cache.set("a", "a1", 60);
  cache.set("a", "a2", 50);
  assert.deepEqual(take(), []);
  cache.set("b", "b", 60);
  assert.deepEqual(take(), ["a2"]);
  cache.set("large", "l1", 200);
  cache.set("larger", "l2", 240);
  assert.deepEqual(take(), ["l1"]);
  cache.set("too large", "t", 300);
  assert.deepEqual(take(), ["t"]);
  for (const key of ["b", "larger", "larger"]) cache.delete(key);
  assert.deepEqual(take(), ["b", "l2"]);
});
