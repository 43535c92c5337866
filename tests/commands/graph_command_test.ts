import assert from "node:assert/strict";
import { decode } from "npm:fast-png@8";
import { main } from "../../commands/main.ts";
import { fakeHost } from "../support/fake_host.ts";
import { type Project, withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

const SOURCES = {
  "pipe.ts": `import { barrier, TaskGenerator } from "jug";
const load = TaskGenerator(function load(n: number) { return [n]; });
const join = TaskGenerator(function join(parts: number[][]) { return parts.flat(); });
const after = TaskGenerator(function after(n: number) { return n; });
join([1, 2, 3].map(load));
await barrier();
after(1);
`,
  "none.ts": `import "jug";\n`,
};

/** Checks the graph before and after a run, with the jugdir at this address. */
async function checkBackend({ jug }: Project, jugdir: string, isShared = true): Promise<void> {
  const before = await jug(`graph pipe.ts --format json --jugdir ${jugdir}`);
  assert.equal(before.code, 0, before.stderr);
  assert.match(before.stderr, /^more tasks may follow the barrier at .*pipe\.ts:6$/m);
  const { nodes, edges, barriers } = JSON.parse(before.stdout);
  assert.deepEqual(nodes.map(({ name, ready, waiting }: Record<string, unknown>) => [name, ready, waiting]), [
    ["pipe.load", 3, 0],
    ["pipe.join", 0, 1],
  ]);
  assert.deepEqual(edges, [{ from: 0, to: 1, count: 3 }]);
  assert.deepEqual([barriers[0].isMet, barriers[0].line, barriers[0].unfinished], [false, 6, 4]);
  if (!isShared) return;
  assert.equal((await jug(`execute pipe.ts --quiet --jugdir ${jugdir}`)).code, 0);
  const after = await jug(`graph pipe.ts --format json --jugdir ${jugdir}`);
  assert.deepEqual([after.code, after.stderr], [0, ""]);
  const json = JSON.parse(after.stdout);
  assert.deepEqual([json.total.finished, json.barriers[0].isMet, json.barriers[0].after], [5, true, [2]]);
}

for (const jugdir of ["pipe.jugdata", "sqlite:pipe.jugdb", "memory:pipe.json"]) {
  Deno.test(`graph shows the states of tasks, and the barrier until it is met: ${jugdir}`, () =>
    withProject(SOURCES, (project) => checkBackend(project, jugdir)));
}

Deno.test({
  name: "graph shows the states of tasks, and the barrier until it is met: Redis",
  ignore: !hasRedis,
  fn: () =>
    withProject(SOURCES, async (project) => {
      await using server = await startRedis();
      await checkBackend(project, server.address);
    }),
});

Deno.test("graph of a jugdir that keeps nothing", () =>
  withProject(SOURCES, (project) => checkBackend(project, "memory:", false)));

Deno.test("the suffix of --output is the format, and the file is replaced", () =>
  withProject(SOURCES, async ({ jug, folder }) => {
    const begin = {
      "a.svg": "<svg ",
      "a.dot": "digraph {",
      "a.gv": "digraph {",
      "a.mmd": "flowchart ",
      "a.JSON": "{\n",
    };
    for (const [name, start] of Object.entries(begin)) {
      const { code, stdout, stderr } = await jug(`graph pipe.ts --output ${name}`);
      assert.deepEqual([code, stdout], [0, ""], stderr);
      assert.ok(
        stderr.startsWith(`${name}: 4 tasks of 2 functions: 3 ready, 1 waiting\nmore tasks may follow`),
        stderr,
      );
      assert.ok(Deno.readTextFileSync(`${folder}/${name}`).startsWith(start));
    }
    assert.equal((await jug("graph pipe.ts --output a.svg --format png --quiet")).code, 0);
    const image = decode(Deno.readFileSync(`${folder}/a.svg`));
    assert.ok(image.width > 300 && image.height > 300);
    const tasks = await jug("graph pipe.ts --tasks --format mermaid");
    assert.match(tasks.stdout, /^ {2}n0\("pipe\.load\(1\)<br\/>ready"\)$/m);
    assert.match((await jug("graph pipe.ts")).stdout, /^<svg [^]*<\/svg>\n$/);
  }));

Deno.test("graph refuses what it cannot do, and names the remedy", () =>
  withProject(SOURCES, async ({ jug, folder }) => {
    const refuses = async (words: string, message: RegExp) => {
      const { code, stdout, stderr } = await jug(`graph ${words}`);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, message);
    };
    await refuses("pipe.ts --format pdf", /^jug: option '--format' cannot be "pdf"\n {2}Give one of svg, png, dot, /);
    await refuses(
      "pipe.ts --output graph",
      /^jug: the name "graph" does not say .*\n {2}Give --format, or end .*\.svg/,
    );
    await refuses("pipe.ts --limit 0", /^jug: option '--limit' cannot be "0"\n {2}Give a whole number, 1 or more/);
    await refuses("pipe.ts --tasks --limit 3", /^jug: 4 tasks are more than a graph shows.*\n {2}Leave out --tasks, /);
    await refuses("pipe.ts --limit 1", /^jug: 2 functions are more than a graph shows.*\n {2}Give --limit 2, /);
    await refuses(
      "pipe.ts --output no/such/a.svg",
      /^jug: no\/such\/a\.svg cannot be written: .*\n {2}Give --output a /,
    );
    Deno.mkdirSync(`${folder}/a.svg`);
    await refuses("pipe.ts --output a.svg", /^jug: a\.svg cannot be written: .*\n {2}Give --output a file /);
    await refuses("none.ts", /^jug: none\.ts declares no tasks/);
    const { code, stderr } = await jug("graph pipe.ts --output b.svg", { permissions: ["--allow-read"] });
    assert.equal(code, 2);
    assert.match(stderr, /^jug: .*write.*\n?.*--allow-write="?b\.svg/);
  }));

Deno.test("graph writes no PNG to a terminal", async () => {
  const host = { ...fakeHost(), liveStdout: true };
  assert.equal(await main(["graph", "pipe.ts", "--format", "png"], host), 2);
  assert.deepEqual(host.written, {
    stdout: "",
    stderr: "jug: a terminal cannot show a PNG\n  Give --output graph.png\n",
  });
});

Deno.test("permissions prints what graph needs, and what --output needs besides", () =>
  withProject(SOURCES, async ({ jug }) => {
    const { stdout, stderr } = await jug("permissions pipe.ts graph");
    assert.match(stderr, /^With --output FILE also --allow-write=FILE; /m);
    const permissions = [...stdout.trim().split(" "), "--allow-write=out.png"];
    const drawn = await jug("graph pipe.ts --output out.png", { permissions });
    assert.equal(drawn.code, 0, drawn.stderr);
  }));
