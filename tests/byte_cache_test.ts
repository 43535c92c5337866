import assert from "node:assert/strict";
import { ByteCache } from "../engine/byte_cache.ts";

const bytes = (length: number) => new Uint8Array(length);

Deno.test("the cache keeps what was used last, within its bound", () => {
  const cache = new ByteCache(100);
  for (const key of ["a", "b", "c", "d"]) cache.set(key, bytes(25));
  assert.equal(cache.size, 100);
  cache.get("a");
  cache.set("e", bytes(20));
  assert.deepEqual(["a", "b", "c", "d", "e"].map((key) => cache.get(key) !== undefined), [
    true,
    false,
    true,
    true,
    true,
  ]);
  assert.equal(cache.size, 95);
});

Deno.test("what is over a quarter of the bound is not kept, and replaces what was there by nothing", () => {
  const cache = new ByteCache(100);
  cache.set("a", bytes(10));
  cache.set("b", bytes(25));
  cache.set("a", bytes(26));
  assert.deepEqual([cache.get("a"), cache.get("b")?.length, cache.size], [undefined, 25, 25]);
});

Deno.test("an entry that is set anew or deleted does not count twice", () => {
  const cache = new ByteCache(100);
  cache.set("a", bytes(20));
  cache.set("a", bytes(5));
  assert.equal(cache.size, 5);
  cache.delete("a");
  cache.delete("a");
  assert.deepEqual([cache.get("a"), cache.size], [undefined, 0]);
});
