import assert from "node:assert/strict";
import { type MemoryBackend, memoryBackend } from "../../../backends/memory.ts";
import { inspectJugfile } from "../../../engine/inspect/inspect.ts";
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
