import assert from "node:assert/strict";
import { isLong } from "../../support/campaign/campaign.ts";
import { DATA_ELEMENT } from "../../../web/data/live.ts";
import { report } from "../../../commands/report/report.ts";
import { memoryBackend } from "../../../backends/memory.ts";
import { jugdirWith, runOnJugdir } from "../../support/jugdir_alone.ts";
import { withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";

const SOURCES = {
  "pipe.ts": `import { args, barrier, secret, TaskGenerator } from "jug";
const load = TaskGenerator(function load(n: number, key: string) { return [n, key.length + args.length]; });
const join = TaskGenerator(function join(parts: number[][]) { return parts.flat(); });
const bad = TaskGenerator(function bad(n: number) { console.log("the log"); throw new Error("part " + n); });
join([101, 102, 103].map((n) => load(n, secret("hush-hush"))));
bad(104);
bad(105);
await barrier();
`,
};

/** Returns the data in a page. */
function dataIn(html: string) {
  const [, json = ""] = new RegExp(`id="${DATA_ELEMENT}">(.*)</script>`).exec(html) ?? [];
  return JSON.parse(json);
}

function checkBackend(jugdir: string): Promise<void> {
  return withProject(SOURCES, async ({ jug, write, folder }) => {
    await jug(`execute pipe.ts --keep-going --quiet --jugdir ${jugdir} -- --fast`);
    const { code, stdout, stderr } = await jug(`report pipe.ts --jugdir ${jugdir} -- --fast`);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^more tasks may follow the barrier at .*pipe\.ts:8\n$/);
    assert.match(stdout, /^<!DOCTYPE html>[^]*<\/html>\n$/);
    assert.ok(!stdout.includes("hush-hush"));
    const data = dataIn(stdout);
    assert.deepEqual(data.total, { finished: 4, running: 0, failed: 2, ready: 0, waiting: 0 });
    assert.equal(data.jugfile.problem, null);
    assert.deepEqual(data.environment.args, ["--fast"]);
    const [group] = data.failures.groups;
    assert.deepEqual([data.failures.groups.length, group.count, group.log], [1, 2, "the log\n"]);
    assert.match(group.message, /^Error: part <number>$/);
    assert.match(group.stack, /at bad \(.*pipe\.ts:4/);
    assert.deepEqual([data.graph.kind, data.path.count], ["svg", 2]);

    const without = await jug(`report pipe.ts --jugdir ${jugdir} --no-arguments --output out.html -- --fast`);
    assert.match(without.stderr, /^wrote out\.html: open it in a browser\nmore tasks/);
    const file = Deno.readTextFileSync(`${folder}/out.html`);
    assert.equal(dataIn(file).environment.args, null);
    for (const task of dataIn(file).failures.groups[0].tasks) assert.equal(task.args, null);

    write("pipe.ts", "this is no module (");
    const alone = await jug(`report pipe.ts --jugdir ${jugdir} --output out.html`);
    assert.equal(alone.code, 0, alone.stderr);
    assert.match(alone.stderr, /^wrote out\.html: .*\npipe\.ts could not be loaded .*, so the report shows what the /);
    const known = dataIn(Deno.readTextFileSync(`${folder}/out.html`));
    assert.deepEqual([known.total.finished, known.total.failed, known.graph.kind, known.path], [4, 2, "none", null]);
    assert.match(known.jugfile.problem, /^pipe\.ts could not be loaded/);
  });
}

for (const jugdir of ["pipe.jugdata", "sqlite:pipe.jugdb", "memory:pipe.json"]) {
  Deno.test(`report shows a run, and without the jugfile what the jugdir knows: ${jugdir}`, () => checkBackend(jugdir));
}

Deno.test({
  name: "report shows a run, and without the jugfile what the jugdir knows: Redis",
  ignore: !hasRedis || !isLong,
  fn: async () => {
    await using server = await startRedis();
    await checkBackend(server.address);
  },
});

Deno.test("report refuses what it cannot do, and names the remedy", async () => {
  const empty = await runOnJugdir(report, memoryBackend(), { output: "never-written.html" });
  assert.equal(empty.code, 3);
  assert.throws(() => report.prepare({ output: "" }), /option '--output' is empty/);
  const nowhere = await runOnJugdir(report, await jugdirWith([{}]), { output: "no/such/folder/out.html" });
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /^no\/such\/folder\/out\.html cannot be written/);
});
