import assert from "node:assert/strict";
import { until } from "../support/file/file_processes.ts";
import { type Project, withProject } from "../support/project.ts";
import { hasRedis, startRedis } from "../support/redis/redis_server.ts";

/**
 * A jugfile in which part(1) fails, and part(2) waits for a file named go. The sums need three parts each; all needs the
 * sums.
 */
const PARTS = `import { TaskGenerator } from "jug";
const part = TaskGenerator(async function part(n: number) {
  if (n === 1) throw new Error("no");
  if (n === 2) while (!await Deno.stat("go").catch(() => undefined)) await new Promise((done) => setTimeout(done, 10));
  return n;
});
const sum = TaskGenerator(function sum(ns: number[]) { return ns.length; });
const all = TaskGenerator(function all(ns: number[]) { return ns.length; });
const parts = Array.from({ length: 9 }, (_, n) => part(n));
export const total = all([0, 3, 6].map((n) => sum(parts.slice(n, n + 3))));
`;

/** What is in a folder: the names and bytes of all files. */
function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${path}`)) {
      if (isDirectory) visit(`${path}${name}/`);
      else found[path + name] = Deno.readFileSync(`${folder}/${path}${name}`).toBase64();
      found[`${path}${name} changed`] = String(Deno.statSync(`${folder}/${path}${name}`).mtime?.getTime());
    }
  };
  visit("");
  return found;
}

/** Runs a dry run that may write nothing, and checks that it changed nothing unless others work there, too. */
async function dryRun(
  { jug, folder }: Project,
  words: string,
  { permissions = ["--allow-read"], isAlone = true } = {},
) {
  const before = contents(folder);
  const { code, stdout, stderr } = await jug(`execute ${words} --dry-run`, { permissions });
  assert.equal(code, 0, stderr);
  if (isAlone) assert.deepEqual(contents(folder), before);
  return { stdout, stderr, lines: stderr.trimEnd().split("\n") };
}

const BEFORE = `Task name                       Ready     Waiting
-------------------------------------------------
parts.part                          9           0
parts.sum                           0           3
parts.all                           0           1
.................................................
Total:                              9           4
`;

Deno.test("a dry run prints what would run, and creates no jugdir, with every backend", () =>
  withProject({ "parts.ts": PARTS }, async (project) => {
    for (const jugdir of ["parts.jugdata", "sqlite:parts.db", "memory:", "memory:parts.jugmem"]) {
      const { stdout, stderr } = await dryRun(project, `parts.ts --jugdir ${jugdir}`);
      assert.deepEqual([stdout, stderr], [BEFORE, ""], jugdir);
    }
    assert.deepEqual(project.names("."), ["parts.ts"]);
  }));

for (const kind of ["parts.jugdata", "sqlite:parts.db", "redis"]) {
  Deno.test({
    name: `a dry run counts what is held, kept, left out and finished: ${kind}`,
    ignore: kind === "redis" && !hasRedis,
    fn: () =>
      withProject({ "parts.ts": PARTS }, async (project) => {
        await using server = kind === "redis" ? await startRedis() : undefined;
        const { jug, startJug, write } = project;
        const words = `parts.ts --jugdir ${server?.address ?? kind}`;
        // SQLite needs the permission to write: beside a database it keeps files while it reads.
        const more = { redis: "--allow-net=127.0.0.1", "sqlite:parts.db": "--allow-write=." }[kind];
        const permissions = ["--allow-read", ...more === undefined ? [] : [more]];
        const stored = async () => await server?.command("DBSIZE");
        const other = startJug(`execute ${words} --keep-going --keep-failed --concurrency 2`);
        const isBusy = async () =>
          /^9 finished, 1 running/.test((await jug(`status ${words} --short`)).stdout) ? true : undefined;
        await until("all parts to be over but one", isBusy);

        const before = await stored();
        const held = await dryRun(project, words, { permissions, isAlone: false });
        assert.match(held.stdout, /^Task name +Ready +Waiting +Held +Kept failed +Left out\n/);
        const row = (name: string, ...counts: number[]) =>
          assert.match(held.stdout, new RegExp(`^${name} +${counts.join(" +")}$`, "m"));
        row("parts\\.part", 0, 0, 1, 1, 0);
        assert.match(
          held.stderr,
          /^parts\.part\(1\) failed in an earlier run with --keep-failed; `jug retry` frees it$/m,
        );
        assert.match(held.stderr, /^parts\.part\(2\) would not be run: held by \S+$/m);
        assert.match(held.stderr, /^parts\.sum\(.*\) would not be run: needs parts\.part, which failed$/m);
        assert.equal(await stored(), before);

        write("go", "");
        assert.equal((await other.result).code, 1);
        const over = await dryRun(project, words, { permissions });
        assert.match(over.stdout, /^Task name +Ready +Waiting +Kept failed +Left out\n/);
        assert.match(over.stdout, /^Total: +0 +0 +1 +2$/m);
        assert.equal(over.lines[0], "10 of 13 tasks are finished");

        assert.equal((await jug(`retry ${words}`)).code, 0);
        const freed = await dryRun(project, words, { permissions });
        assert.match(freed.stdout, /^parts\.part +1 +0\nparts\.sum +0 +1\nparts\.all +0 +1\n/m);
        assert.equal(freed.stderr, "10 of 13 tasks are finished\n");
      }),
  });
}

Deno.test("a dry run tells which tasks failed before and are tried again, and what limits the run", () =>
  withProject({ "parts.ts": PARTS, "go": "" }, async (project) => {
    const { jug, write, folder } = project;
    assert.equal((await jug("execute parts.ts --keep-going")).code, 1);
    const plain = await dryRun(project, "parts.ts");
    assert.match(plain.stdout, /^Total: +1 +2$/m);
    assert.equal(plain.lines[1], "1 of those that would run failed before, and are tried again");
    const limited = await jug("execute parts.ts --dry-run", { env: { JUG_MAX_TASKS: "2" } });
    assert.match(limited.stderr, /^JUG_MAX_TASKS ends the run after 2 of them$/m);
    write("__jug_please_stop_running.txt", "");
    const stopped = await jug("execute parts.ts --dry-run");
    assert.match(
      stopped.stderr,
      /^the run would end before it begins: the file __jug_please_stop_running\.txt exists$/m,
    );
    Deno.removeSync(`${folder}/__jug_please_stop_running.txt`);
  }));

Deno.test("a dry run honours --target and --provides as the run does", () =>
  withProject({
    "parts.ts": PARTS,
    "heavy.ts": `import { TaskGenerator } from "jug";
const heavy = TaskGenerator(function heavy(n: number) { return n; }, { resources: { gpu: 2 } });
const after = TaskGenerator(function after(n: number) { return n; });
after(heavy(1));
`,
  }, async (project) => {
    const parts = await dryRun(project, "parts.ts --target part");
    assert.match(parts.stdout, /^parts\.part +9 +0\n\.+\nTotal: +9 +0$/m);
    const sums = await dryRun(project, "parts.ts --target sum");
    assert.match(sums.stdout, /^Task name +Ready +Waiting +Left out\n-+\nparts\.sum +0 +0 +3\n/);
    assert.match(
      sums.stderr,
      /^3 tasks parts\.sum, such as .*, would not be run: needs parts\.part, which --target excl/m,
    );
    const slip = await project.jug("execute parts.ts --target smu --dry-run");
    assert.equal(slip.code, 2);
    assert.match(slip.stderr, /^jug: no task matches smu\n {2}Did you mean sum\?/);

    const lacking = await dryRun(project, "heavy.ts");
    assert.match(lacking.stdout, /^heavy\.heavy +0 +0 +1\nheavy\.after +0 +0 +1$/m);
    assert.match(lacking.stderr, /heavy\.heavy\(1\) would not be run: takes gpu=2, more than this process has/);
    assert.match((await dryRun(project, "heavy.ts --provides gpu=2")).stdout, /^Total: +1 +1$/m);
  }));

Deno.test("a dry run tells that a barrier hides tasks, and that nothing is left to run", () =>
  withProject({
    "stages.ts": `import { barrier, TaskGenerator } from "jug";
const f = TaskGenerator(function f(n: number) { return n; });
const g = TaskGenerator(function g(n: number) { return n; });
[1, 2, 3].map((n) => f(n));
await barrier();
[1, 2].map((n) => g(n));
`,
  }, async (project) => {
    const first = await dryRun(project, "stages.ts");
    assert.match(first.stdout, /^stages\.f +3 +0$/m);
    assert.match(first.stderr, /^more tasks may follow the barrier at .*stages\.ts:5$/m);
    const hidden = await dryRun(project, "stages.ts --target g");
    assert.deepEqual([hidden.stdout, hidden.lines[0]], ["", "no task above the barrier matches g"]);
    assert.equal((await project.jug("execute stages.ts --target f")).code, 0);
    assert.match((await dryRun(project, "stages.ts")).stdout, /^Task name.*\n-+\nstages\.g +2 +0\n/);
    assert.equal((await project.jug("execute stages.ts")).code, 0);
    assert.equal((await dryRun(project, "stages.ts")).stdout, "Nothing to run: all 5 tasks are finished\n");
    const some = await dryRun(project, "stages.ts --target g");
    assert.equal(some.stdout, "Nothing to run: all 2 tasks that match g are finished\n");
  }));

Deno.test("a dry run does not even run what a jugfile runs while it loads", () =>
  withProject({
    "files.ts": `import { bvalue, CachedFunction, TaskGenerator } from "jug";
function names() {
  return ["a", "b"];
}
const f = TaskGenerator(function f(name: string) { return name; });
const first = f("first");
for (const name of await CachedFunction(names)) f(name);
export const read = await bvalue(first);
`,
  }, async (project) => {
    const before = await dryRun(project, "files.ts");
    assert.match(before.stdout, /^files\.f +1 +0\nfiles\.names +1 +0$/m);
    assert.equal(
      before.stderr,
      "more tasks may follow: the jugfile is not loaded further before files.names() was run\n",
    );
    assert.equal((await project.jug("execute files.ts")).code, 0);
    assert.equal((await dryRun(project, "files.ts")).stdout, "Nothing to run: all 4 tasks are finished\n");
  }));

Deno.test("a dry run is refused together with options that make sense only for a run", () =>
  withProject({ "parts.ts": PARTS }, async ({ jug }) => {
    for (const option of ["--debug", "--inspect", "--inspect-port 0", "--pdb"]) {
      const { code, stderr } = await jug(`execute parts.ts --dry-run ${option}`);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /option '--dry-run' cannot be used with option '--(debug|inspect|inspect-port <n>|pdb)'/);
    }
    const flags = await jug("permissions parts.ts --dry-run --isolate");
    assert.equal(flags.code, 0, flags.stderr);
    assert.doesNotMatch(flags.stdout, /allow-(write|run)/);
  }));
