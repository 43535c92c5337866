import assert from "node:assert/strict";
import { memoryBackend } from "../../../backends/memory.ts";
import { listRuns } from "../../../engine/analysis/runs.ts";
import { runInfo } from "../../../engine/results/run_info.ts";
import { collect, hashesOf, lockOf, newOwner } from "../../backends/backend_contract.ts";
import { recordOf } from "../../support/records.ts";

Deno.test("listRuns() lists results and failures, also of a backend that cannot list runs", async () => {
  const backend = memoryBackend();
  const owner = newOwner();
  await backend.join(owner);
  const [done, bad] = hashesOf(2);
  assert(done && bad);
  const meta = (name: string) => ({ name, start: 10, finish: 30, worker: "here:1.0", code: "0123456789abcdef" });
  const result = recordOf("a value", meta("m.f"));
  const failure = recordOf({ message: "no" }, meta("m.g"), "failure");
  const [lock, other] = (await backend.claim([done, bad], { owner, thread: 0 })).map(lockOf);
  assert(lock && other);
  await backend.complete([{ hash: done, bytes: result, lock, info: runInfo(meta("m.f")) }]);
  await backend.fail([{ lock: other, bytes: failure, info: runInfo(meta("m.g")) }]);

  const expected = [
    { hash: done, kind: "result", size: result.length, ...meta("m.f") },
    { hash: bad, kind: "failure", size: failure.length, ...meta("m.g") },
  ];
  const { listRuns: _, ...bare } = backend;
  for (const place of [backend, bare]) {
    const runs = (await collect(listRuns(place))).toSorted((a, b) => a.name < b.name ? -1 : 1);
    assert.deepEqual(runs, expected);
  }
  await backend.close();
});
