import assert from "node:assert/strict";
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import type { Hash } from "../../../core/brand.ts";
import { inspectJugfile } from "../../../engine/inspect/inspect.ts";
import { turn } from "../../../engine/threads/wake.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const SOURCE = `import { barrier, CompoundTaskGenerator, TaskGenerator } from "${
  new URL("../../../mod.ts", import.meta.url).href
}";
const f = TaskGenerator(function f(n) { return n; });
for (let n = 0; n < 1000; n++) f(n);
const c = CompoundTaskGenerator(async function c(n) {
  await barrier();
  return f(1000 + n);
});
for (let n = 0; n < 100; n++) c(n);
await barrier();
`;

Deno.test("inspecting many barriers asks for each task a constant number of times, not once per barrier", () =>
  withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/many.js`, SOURCE);
    const backend = memoryBackend();
    let asked = 0;
    const counted: MemoryBackend = {
      ...backend,
      has: (hashes) => {
        asked += hashes.length;
        return backend.has(hashes);
      },
    };
    const jugfile = `${folder}/many.js`;
    const inspection = await inspectJugfile({ jugfile, address: "memory:", args: [], backend: counted });
    assert.match(String(inspection.barrier?.file), /many\.js$/);
    // The compound tasks are asked for before they are opened, and once more with all others for the barriers.
    assert.ok(asked < 3 * 1100, `asked for ${asked} of 1100 tasks`);
    // Tasks that are finished in the meantime let the inspection continue with the next load().
    for (const hash of inspection.session.tasks.keys()) {
      if (inspection.session.tasks.get(hash)?.compound !== undefined) continue;
      await backend.complete([{ hash, bytes: new Uint8Array(1), lock: undefined }]);
    }
    const before = inspection.session.tasks.size;
    asked = 0;
    await inspection.load();
    // Only the first compound task has nothing but finished tasks above it.
    assert.equal(inspection.session.tasks.size, before + 1);
    assert.ok(asked < 3 * 1101, `asked for ${asked} of 1101 tasks`);
    await inspection.close();
  }));

const LIBRARY = new URL("../../../mod.ts", import.meta.url).href;

Deno.test("a barrier for certain tasks stays shut while one of them is unfinished, however often the others are seen", () =>
  withTempDir(async (folder) => {
    const jugfile = `${folder}/some.js`;
    await Deno.writeTextFile(
      jugfile,
      `import { bvalue, TaskGenerator } from "${LIBRARY}";
const f = TaskGenerator(function f(n) { return n; });
const both = [f(1), f(2)];
export const sums = await bvalue(both);
f(3);
`,
    );
    const backend = memoryBackend();
    const inspection = await inspectJugfile({ jugfile, address: "memory:", args: [], backend });
    const [first, second] = inspection.session.tasks.keys();
    assert(first && second);
    const store = async (hash: Hash) => {
      const task = inspection.session.tasks.get(hash) ?? assert.fail();
      const encoded = inspection.store.encode(task, 1, { name: task.name, start: 0, finish: 1, worker: "w", hash });
      await backend.complete([{ hash, ...encoded, lock: undefined }]);
    };
    await store(first);
    for (let look = 0; look < 3; look++) {
      const aborted = new AbortController();
      const advancing = inspection.advance(aborted.signal);
      await turn();
      aborted.abort();
      assert.equal(await advancing, false);
      assert.equal(inspection.advanceBy({ finished: [first], lost: [] }), undefined);
    }
    assert.equal(inspection.advanceBy({ finished: [], lost: [first] }), undefined);
    assert.equal(inspection.advanceBy({ finished: [second], lost: [] }), undefined);
    await store(second);
    await (inspection.advanceBy({ finished: [first], lost: [] }) ?? assert.fail("the barrier is open now"));
    assert.deepEqual([inspection.session.tasks.size, inspection.barrier], [3, undefined]);
    await inspection.close();
  }));

Deno.test("an inspection that may change nothing leaves damaged results where they are", () =>
  withTempDir(async (folder) => {
    for (const changesNothing of [true, false]) {
      const jugfile = `${folder}/reads_${changesNothing}.js`;
      await Deno.writeTextFile(
        jugfile,
        `import { bvalue, TaskGenerator } from "${LIBRARY}";
const f = TaskGenerator(function f(n) { return n; });
export const first = await bvalue(f(1));
`,
      );
      const store = memoryBackend();
      const damaged: string[] = [];
      const onDamaged = (hash: string) => void damaged.push(hash);
      const request = { jugfile, address: "memory:", args: [], backend: store.another(), changesNothing, onDamaged };
      const inspection = await inspectJugfile(request);
      const hashes = [...inspection.session.tasks.keys()];
      await store.complete(hashes.map((hash) => ({ hash, bytes: new Uint8Array(9), lock: undefined })));
      await assert.rejects(inspection.advance(new AbortController().signal), /has no result/);
      assert.deepEqual(damaged, hashes);
      assert.equal((await store.has(hashes)).size, changesNothing ? 1 : 0);
      assert.equal((await inspection.store.has(hashes)).size, 0);
      await inspection.close();
      await store.close();
    }
  }));
