import assert from "node:assert/strict";
import { parseProcess, ProcessTable } from "../../../backends/file/segments/process_table.ts";

const WORKS = { id: "a-1", host: "a", pid: 1, started: 5, left: undefined, options: "-j 2" };

Deno.test("ProcessTable: the time at which a process left counts, in whatever order the records are read", () => {
  const left = { ...WORKS, left: 9 };
  for (const records of [[WORKS, left, WORKS], [left, WORKS], [WORKS, WORKS, left]]) {
    const table = new ProcessTable();
    table.add(records);
    assert.deepEqual(table.get("a-1"), left);
    assert.deepEqual(table.latestFirst(), [left]);
  }
});

Deno.test("ProcessTable: the process that started last comes first, those without a time last", () => {
  const table = new ProcessTable();
  table.add([WORKS, { ...WORKS, id: "b", started: 7 }, { ...WORKS, id: "c", started: undefined }]);
  assert.deepEqual(table.latestFirst().map(({ id }) => id), ["b", "a-1", "c"]);
});

Deno.test("parseProcess: records without an owner's id are none; other members that are invalid are left out", () => {
  for (const value of [null, 1, "x", [], {}, { id: 1 }, { id: "../up" }, { id: "x".repeat(73) }, { id: "" }]) {
    assert.equal(parseProcess(value), undefined);
  }
  assert.deepEqual(parseProcess({ ...WORKS, extra: 1 }), WORKS);
  const none = { host: undefined, pid: undefined, started: undefined, left: undefined, options: undefined };
  assert.deepEqual(parseProcess({ id: "a", host: 1, pid: "2", started: null, left: NaN, options: ["x"] }), {
    id: "a",
    ...none,
  });
  const long = parseProcess({ id: "a", options: "x".repeat(1001), pid: 1.5 });
  assert.deepEqual(long, { id: "a", ...none, options: "x".repeat(1000) });
});
