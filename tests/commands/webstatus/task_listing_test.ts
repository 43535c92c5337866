import assert from "node:assert/strict";
import { hashOf } from "../../backends/backend_contract.ts";
import { readAction } from "../../../commands/webstatus/actions.ts";
import { readTaskQuery, TaskListing } from "../../../commands/webstatus/task_listing.ts";
import type { TaskRow } from "../../../commands/inspect/task_rows.ts";

const [A, B, C] = [hashOf(1), hashOf(2), hashOf(3)];
const ROWS: readonly TaskRow[] = [
  { hash: A, state: "finished", name: "m.load", args: "'Oslo'", start: 5, duration: 2, worker: "w" },
  { hash: B, state: "failed", name: "m.load", args: "'Rome'" },
  { hash: C, state: "waiting", name: undefined, args: undefined },
];

function listing(showsArguments = true) {
  let made = 0;
  let time = 0;
  const tasks = new TaskListing({
    list: () => Promise.resolve(ROWS.slice(0, ++made > 1 ? 2 : 3)),
    showsArguments,
    clock: () => time,
  });
  return { tasks, pass: (ms: number) => time += ms, count: () => made };
}

Deno.test("tasks are chosen by state and by text in name, arguments and hash", async () => {
  const { tasks } = listing();
  const found = async (query: string) => {
    const read = readTaskQuery(new URLSearchParams(query));
    assert.ok(typeof read !== "string", query);
    return (await tasks.page(read)).tasks.map(({ hash }) => hash);
  };
  assert.deepEqual(await found(""), [A, B, C]);
  assert.deepEqual(await found("state=failed"), [B]);
  assert.deepEqual(await found("search=LOAD"), [A, B]);
  assert.deepEqual(await found("search=rom"), [B]);
  assert.deepEqual(await found(`search=${C.slice(0, 8)}`), [C]);
  assert.deepEqual(await found("search=load&state=finished"), [A]);
  assert.deepEqual(await found("from=1&count=1"), [B]);
  assert.deepEqual(await found("from=9"), []);
});

Deno.test("a listing is used for a while, and hides arguments if asked to", async () => {
  const { tasks, pass, count } = listing(false);
  const all = { from: 0, count: 10 };
  const first = await tasks.page(all);
  assert.equal(first.total, 3);
  assert.deepEqual(first.tasks.map(({ args }) => args), [null, null, null]);
  assert.equal((await tasks.page({ ...all, search: "oslo" })).total, 0);
  assert.equal((await tasks.find(C))?.hash, C);
  assert.equal(count(), 1);
  pass(1001);
  assert.equal((await tasks.page(all)).total, 2);
  tasks.expire();
  await tasks.page(all);
  assert.equal(count(), 3);
});

Deno.test("queries and actions of another form are refused", () => {
  for (
    const query of [
      "state=gone",
      "from=-1",
      "from=1e3",
      "from=99999999999",
      "count=0",
      "count=501",
      "count=x",
      `search=${"x".repeat(201)}`,
    ]
  ) {
    assert.equal(typeof readTaskQuery(new URLSearchParams(query)), "string", query);
  }
  const good = { kind: "retry", hash: A, isDry: true };
  assert.deepEqual(readAction(JSON.stringify(good)), good);
  for (
    const bad of [
      "",
      "1",
      "null",
      "[]",
      "{",
      ...[
        { ...good, kind: "delete" },
        { ...good, hash: A.slice(1) },
        { ...good, hash: 5 },
        { ...good, isDry: "no" },
        { kind: "retry", hash: A },
      ].map((body) => JSON.stringify(body)),
    ]
  ) assert.equal(readAction(bad), undefined, bad);
});
