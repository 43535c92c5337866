import assert from "node:assert/strict";
import { type Project, withProject } from "../support/project.ts";

const JUGFILE = `import { args, barrier, TaskGenerator, value } from "jug";
const square = TaskGenerator(async function square(n: number) {
  return await Promise.resolve(n * n);
});
const row = TaskGenerator(function row(name: string, n: number) {
  return { name, n, tags: ["a", n] };
});
export const title = "squares, as " + (args[0] ?? "ever");
export const squares = [1, 2, 3].map(square);
export const rows = ["x", "y,z"].map((name, index) => row(name, index));
export const kinds = { big: 12n, when: new Date(0), map: new Map([["k", new Set([1])]]), none: undefined, nan: NaN, f: [square] };
export const half = squares[0]!.get("toFixed");
await barrier();
export const total = (await value(squares)).reduce((a, b) => a + b, 0);
`;

function withSquares(use: (project: Project) => Promise<void>): Promise<void> {
  return withProject({ "squares.ts": JUGFILE }, use);
}

/** Returns exit status, stdout and stderr of `jug value` with these words. */
async function outcome(project: Project, words: string): Promise<[number, string, string]> {
  const { code, stdout, stderr } = await project.jug(`value squares.ts ${words}`);
  return [code, stdout, stderr];
}

async function execute(project: Project): Promise<void> {
  const { code, stderr } = await project.jug("execute squares.ts");
  assert.equal(code, 0, stderr);
}

Deno.test("value prints an export or a part of it as text, JSON and CSV", () =>
  withSquares(async (project) => {
    await execute(project);
    assert.deepEqual(await outcome(project, "title"), [0, "squares, as ever\n", ""]);
    assert.deepEqual(await outcome(project, "title -- once"), [0, "squares, as once\n", ""]);
    assert.deepEqual(await outcome(project, "squares"), [0, "[ 1, 4, 9 ]\n", ""]);
    assert.deepEqual(await outcome(project, "total --json"), [0, "14\n", ""]);
    assert.deepEqual(await outcome(project, "rows.1.name"), [0, "y,z\n", ""]);
    assert.deepEqual(await outcome(project, "rows 1.tags.0"), [0, "a\n", ""]);
    assert.deepEqual(await outcome(project, "squares --csv"), [0, "1\n4\n9\n", ""]);
    const [, csv] = await outcome(project, "rows --csv");
    assert.equal(csv, 'name,n,tags\nx,0,"[""a"",0]"\n"y,z",1,"[""a"",1]"\n');
    const [, kinds] = await outcome(project, "kinds --json");
    assert.deepEqual(JSON.parse(kinds), {
      big: "12",
      when: "1970-01-01T00:00:00.000Z",
      map: { k: [1] },
      none: null,
      nan: null,
      f: [null],
    });
  }));

Deno.test("value exits with 1 and the number of missing results, and --partial prints the rest", () =>
  withSquares(async (project) => {
    const { stdout } = await project.jug("execute squares.ts --target row");
    assert.match(stdout, /^squares\.row +2 +0\b/m);
    const step = "  `jug execute squares.ts` computes them\n";
    const missing = `jug: 3 of the 3 results it needs are missing\n${step}`;
    assert.deepEqual(await outcome(project, "squares"), [1, "", missing]);
    assert.deepEqual(await outcome(project, "squares --partial --json"), [
      1,
      "[\n  null,\n  null,\n  null\n]\n",
      missing,
    ]);
    assert.deepEqual(await outcome(project, "squares.0"), [1, "", `jug: the result it needs is missing\n${step}`]);
    // Exports above the unmet barrier are available, and need only their own tasks.
    assert.deepEqual(await outcome(project, "rows.0.n"), [0, "0\n", ""]);
    const [code, , stderr] = await outcome(project, "total");
    assert.equal(code, 1);
    assert.match(stderr, /^jug: total comes after the barrier at .*squares\.ts:13\n {2}Run `jug execute` past/);
  }));

Deno.test("value, log and invalidate use jugfile.ts if no jugfile is named", () =>
  withProject({ "jugfile.ts": JUGFILE }, async ({ jug }) => {
    assert.equal((await jug("execute")).code, 0);
    assert.equal((await jug("value total")).stdout, "14\n");
    assert.match((await jug("log square 0")).stderr, /^jugfile\.square \(\w{8}\) finished/);
    assert.match((await jug("invalidate row")).stdout, /^jugfile\.row +2$/m);
    assert.deepEqual((await jug("value rows.0.n")).code, 1);
  }));

Deno.test("value refuses an unknown export, key or index, and shows the existing ones", () =>
  withSquares(async (project) => {
    await execute(project);
    const [code, , stderr] = await outcome(project, "sqares");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^jug: squares\.ts has no export "sqares"\n {2}Did you mean squares\? The exports are .*title, total\n$/,
    );
    assert.match((await project.jug("value squares.ts")).stderr, /^jug: no export was named\n {2}The exports are /);
    assert.deepEqual(await outcome(project, "rows.2"), [
      2,
      "",
      'jug: rows has no "2"\n  It is a list of length 2, counted from 0\n',
    ]);
    assert.match((await outcome(project, "rows.0.nam"))[2], /^jug: rows\.0 has no "nam"\n {2}It has name, n, tags\n$/);
    assert.match((await outcome(project, "title --csv"))[2], /^jug: the value is not a table/);
    assert.match((await outcome(project, "title x y"))[2], /too many arguments/);
  }));

Deno.test("args that are read while a value is printed are those of the jugfile", async () => {
  const source = `import { args, tasklet, TaskGenerator } from "jug";
const one = TaskGenerator(function one() { return 1; });
export const raw = args;
export const made = one();
export const looks = tasklet(made, function looks(n) { return [n, ...args]; });
`;
  await withProject({ "looks.ts": source, "looks#2.ts": source }, async ({ jug, names }) => {
    for (const jugfile of ["looks.ts", "looks#2.ts"]) {
      assert.equal((await jug(`execute ${jugfile} --quiet -- 99`)).code, 0);
      for (const format of ["", "--json", "--csv"]) {
        const { stdout } = await jug(`value ${jugfile} raw ${format ? `${format} ` : ""}-- 99`);
        assert.equal(stdout.replace(/[[\]\s"]/g, ""), "99");
      }
      assert.equal((await jug(`value ${jugfile} looks -- 99`)).stdout, '[ 1, "99" ]\n');
      assert.equal((await jug(`shell ${jugfile} -e raw -- 99`)).stdout, '[ "99" ]\n');
    }
    // Jugfiles whose names differ only after "#", which is special in URLs, share nothing either.
    assert.deepEqual(names("."), ["looks#2.jugdata", "looks#2.ts", "looks.jugdata", "looks.ts"]);
    assert.match((await jug("count looks#2.ts")).stdout, /^looks#2\.one +1$/m);
  });
});

Deno.test("a failed run suggests the next commands, and value reports that tasks failed", () =>
  withProject({
    "pages.ts": `import { TaskGenerator } from "jug";
const page = TaskGenerator(function page(n: number) {
  if (n % 10 === 3) throw new Error(\`HTTP 503 for page \${n}\\nafter two redirections\`);
  return n;
});
const size = TaskGenerator(function size(pages: number[]) { return pages.length; });
const twice = TaskGenerator(function twice(n: number) { return 2 * n; });
export const sizes = [twice(size(Array.from({ length: 30 }, (_, n) => page(n)))), size([page(1)])];
`,
  }, async ({ jug }) => {
    const failed = await jug("execute pages.ts --keep-going --jugdir kept");
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /^jug: pages\.size\(\[30 × pages\.page\]\) was not run: needs pages\.page, which failed$/m,
    );
    const step = "  `jug failures pages.ts --jugdir kept` shows why; " +
      "`jug log pages.ts --jugdir kept TASK` shows what a task printed\n";
    assert.ok(failed.stderr.endsWith(step), failed.stderr);
    const value = await jug("value pages.ts sizes --jugdir kept");
    assert.deepEqual([value.code, value.stdout], [1, ""]);
    const why =
      /^jug: 1 of the 2 results it needs is missing: 3 tasks failed, such as pages\.page\(\d?3\): Error: HTTP 503 for page \d?3\n/;
    assert.match(value.stderr, why);
    assert.ok(value.stderr.endsWith(step), value.stderr);
    const partial = await jug("value pages.ts sizes --partial --json --jugdir kept");
    assert.deepEqual([partial.code, partial.stdout], [1, "[\n  null,\n  1\n]\n"]);
    assert.match(partial.stderr, why);
    const unnamed = await jug("execute pages.ts --jugdir memory:");
    assert.match(unnamed.stderr, /tasks? failed/);
    assert.doesNotMatch(unnamed.stderr, /jug failures/, "a jugdir in memory keeps no failures");
  }));
