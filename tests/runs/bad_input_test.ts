import assert from "node:assert/strict";
import { partitionOf, PARTITIONS } from "../../backends/file/claims/partition.ts";
import { openBackend } from "../../backends/open.ts";
import type { Hash } from "../../core/brand.ts";
import { newOwner } from "../backends/backend_contract.ts";
import { leftoversIn, NOTHING } from "../support/campaign/left_behind.ts";
import { overwrite, zero } from "../support/file/records.ts";
import { withProject } from "../support/project.ts";
import { canMount, withSmallDisk } from "../support/small_disk.ts";

const BROKEN = `import { TaskGenerator } from "jug";\nconst a = 1;\na(;\n`;

/** A sum of three leaves. Each function prints that it ran. */
const SUM = `import { TaskGenerator } from "jug";
const leaf = TaskGenerator(function leaf(n: number) {
  console.log("ran leaf " + n);
  return { n, text: "x".repeat(200) };
});
const sum = TaskGenerator(function sum(all: { n: number }[]) {
  console.log("ran sum");
  return all.reduce((total, { n }) => total + n, 0);
});
export const total = sum([1, 2, 3].map(leaf));
`;

/** Returns the lines that report what ran, sorted. */
function ran(stdout: string): string[] {
  return stdout.split("\n").filter((line) => line.startsWith("ran ")).sort();
}

Deno.test("a missing jugfile is named, and no jugdir is made for it", async () => {
  await withProject({}, async ({ jug, names }) => {
    for (const command of ["execute", "status"]) {
      const { code, stderr, stdout } = await jug(`${command} nope.ts`);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /^jug: no such jugfile: nope\.ts\n {2}That folder has no jugfile: `jug init /);
    }
    const folder = await jug("execute .");
    assert.equal(folder.code, 3);
    assert.match(folder.stderr, /^jug: \. is a folder, not a jugfile\n/);
    assert.deepEqual(names("."), []);
  });
});

Deno.test("a syntax error is shown once, with file, line and source, in the jugfile and in a module that it imports", async () => {
  const importer = `import "./broken.ts";\n`;
  await withProject({ "broken.ts": BROKEN, "importer.ts": importer, "lost.ts": `import "./gone.ts";\n` }, async (p) => {
    for (const words of ["execute broken.ts", "status broken.ts", "execute importer.ts"]) {
      const { code, stderr } = await p.jug(words);
      assert.equal(code, 3);
      assert.match(stderr, /^jug: \w+\.ts could not be loaded\n {2}SyntaxError: Expression expected\n/);
      assert.match(stderr, /3 \| a\(;/);
      assert.equal(stderr.match(/at file:.*\/broken\.ts:3:3/g)?.length, 1);
    }
    const lost = await p.jug("execute lost.ts");
    assert.equal(lost.code, 3);
    assert.match(lost.stderr, /Module not found "file:.*\/gone\.ts"\.\n {4}at file:.*\/lost\.ts:1:8\n$/);
  });
});

Deno.test("an exception while loading shows the frames of user code, also in helpers and behind barriers", async () => {
  await withProject({
    "helper.ts": `export function deep(x: { y?: { z: number } }) {\n  return x.y!.z;\n}\n`,
    "early.ts": `import { deep } from "./helper.ts";\ndeep({});\n`,
    "late.ts": `import { barrier, TaskGenerator } from "jug";
import { deep } from "./helper.ts";
const one = TaskGenerator(function one() { return 1; });
one();
await barrier();
deep({});
`,
  }, async ({ jug, results }) => {
    const early = await jug("status early.ts");
    assert.equal(early.code, 3);
    const frames = (name: string) =>
      new RegExp(`reading 'z'\\)\n {4}at deep \\(.*/helper\\.ts:2:\\d+\\)\n {4}at file.*/${name}\\.ts:\\d:1\n$`);
    assert.match(early.stderr, /^jug: early\.ts could not be loaded\n {2}TypeError: Cannot read/);
    assert.match(early.stderr, frames("early"));
    const late = await jug("execute late.ts");
    assert.equal(late.code, 3);
    assert.match(late.stderr, frames("late"));
    assert.deepEqual(results("late.jugdata").map(({ value }) => value), [1]);
  });
});

const FRAGILE = `import { TaskGenerator } from "jug";
const demand = (n: number) => {
  if (n === 2) throw new TypeError("two is bad");
};
const fragile = TaskGenerator(function fragile(n: number, note: string) {
  demand(n);
  return n + note.length;
});
const after = TaskGenerator(function after(n: number) { return n; });
const other = TaskGenerator(function other(n: number) { return n; });
export const all = [1, 2, 3].map((n) => after(fragile(n, "a note\\n".repeat(40))));
export const others = [4, 5].map(other);
`;

Deno.test("a task that throws is shown with its arguments on one line and the user's frames; --keep-going runs the others", async () => {
  await withProject({ "fragile.ts": FRAGILE }, async ({ jug, leftovers }) => {
    const { code, stdout, stderr } = await jug("execute fragile.ts --keep-going --verbose quiet");
    assert.equal(code, 1);
    const failure = stderr.slice(0, stderr.indexOf("jug: 1 task failed")).split("\n");
    assert.equal(failure.length, 5);
    assert.match(failure[0] ?? "", /^jug: fragile\.fragile\(2, "a note\\na note\\n.*…\) failed$/);
    assert.ok((failure[0] ?? "").length < 140);
    assert.equal(failure[1], "  TypeError: two is bad");
    assert.match(failure[2] ?? "", /^ {4}at demand \(.*\/fragile\.ts:3:\d+\)$/);
    assert.match(failure[3] ?? "", /^ {4}at fragile \(.*\/fragile\.ts:6:\d+\)$/);
    assert.match(
      stderr,
      /^jug: fragile\.after\(<fragile\.fragile>\) was not run: needs fragile\.fragile, which failed$/m,
    );
    assert.match(stdout, /^Total: +6 +0\b/m);

    const status = await jug("status fragile.ts");
    assert.equal(status.code, 0);
    assert.match(status.stdout, /^Task name +Failed +Waiting +Ready +Finished +Running$/m);
    assert.match(status.stdout, /^fragile\.fragile +1 +0 +0 +2 +0$/m);
    assert.match(status.stdout, /^fragile\.after +0 +1 +0 +2 +0$/m);
    assert.deepEqual(await leftovers("fragile.jugdata"), NOTHING);
  });
});

Deno.test("without --keep-going a failure ends the run; after the bug is fixed, the task and its dependents run", async () => {
  const source = FRAGILE.replace("[1, 2, 3]", "[2]").replace("[4, 5]", "[]");
  await withProject({ "fragile.ts": source }, async ({ jug, write }) => {
    const broken = await jug("execute fragile.ts");
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /1 task failed; the run was stopped \(--keep-going would continue with other tasks\)/);
    write("fragile.ts", source.replace("n === 2", "n === 99"));
    const mended = await jug("execute fragile.ts");
    assert.equal(mended.code, 0);
    assert.match(mended.stdout, /^Total: +2 +0\b/m);
    const status = await jug("status fragile.ts --short");
    assert.equal(status.stdout, "2 finished, 0 running, 0 ready, 0 waiting\n");
  });
});

Deno.test("missing and duplicate names, and arguments that cannot be hashed, are refused with place and remedy", async () => {
  const head = `import { TaskGenerator } from "jug";\n`;
  await withProject({
    "unnamed.ts": `${head}TaskGenerator((n: number) => n);\n`,
    "twins.ts": `${head}TaskGenerator(function same() { return 1; });\nTaskGenerator(function same() { return 2; });\n`,
    "odd.ts":
      `${head}const a = TaskGenerator(function a(x: unknown) { return x; });\na({ on: { done: [() => 1] } });\n`,
    "forgot.ts": `${head}const a = TaskGenerator(function a(x: unknown) { return x; });\na(Promise.resolve(1));\n`,
  }, async ({ jug }) => {
    const expected = {
      unnamed:
        /TaskGenerator was given a function without a name \(.*\/unnamed\.ts:2\)\n {2}Name it, .*\n.*unnamed\.ts:2:1/,
      twins: /two different functions are both named twins\.same; .*\n {2}Rename one.*\n.*\/twins\.ts:3:1/,
      odd: /odd\.a: argument 1\.on\.done\[0\] is a function, which cannot be hashed\n {2}Pass a .*\n.*\/odd\.ts:3:1/,
      forgot:
        /forgot\.a: argument 1 is a promise, which cannot be hashed\n {2}Was an await forgotten.*\n.*forgot\.ts:3:1/,
    };
    for (const [name, message] of Object.entries(expected)) {
      const { code, stderr } = await jug(`execute ${name}.ts`);
      assert.equal(code, 3);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /core\/|engine\//);
    }
  });
});

Deno.test("a result that cannot be stored fails its task, and the message names the path in the value", async () => {
  await withProject({
    "points.ts": `import { TaskGenerator } from "jug";
class Point { constructor(readonly x: number) {} }
const make = TaskGenerator(function make(n: number) { return { points: [new Point(n)] }; });
const size = TaskGenerator(function size(made: { points: Point[] }) { return made.points.length; });
export const one = size(make(1));
`,
  }, async ({ jug, results }) => {
    const { code, stderr } = await jug("execute points.ts");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^jug: points\.make\(1\) failed\n {2}points\.make: result\.points\[0\] is an instance of class Point, which cannot be stored\n {2}Return its data/,
    );
    assert.deepEqual(results("points.jugdata"), []);
  });
});

Deno.test("a task whose arguments were changed after its declaration, even into a cycle, fails with an explanation", async () => {
  await withProject({
    "cycle.ts": `import { type Task, TaskGenerator } from "jug";
const size = TaskGenerator(function size(all: number[]) { return all.length; });
const own: (number | Task<number>)[] = [1];
own.push(size(own));
const late: (number | Task<number>)[] = [2];
size(late);
late.push(size([3]));
`,
  }, async ({ jug, results }) => {
    const { code, stderr, stdout } = await jug("execute cycle.ts --keep-going");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^jug: cycle\.size\(\[ 1, <cycle\.size> \]\) failed\n {2}cycle\.size depends on itself: .*\n {2}Pass each task its own/m,
    );
    assert.match(stderr, /^jug: cycle\.size\(\[ 2, <cycle\.size> \]\) failed\n {2}.* they now contain cycle\.size\n/m);
    assert.match(stdout, /^Total: +1 +0\b/m);
    assert.deepEqual(results("cycle.jugdata").map(({ value }) => value), [1]);
  });
});

Deno.test("Deno.exit in a jugfile or a task ends the run, names its place and leaves no lock", async () => {
  const head = `import { TaskGenerator } from "jug";\n`;
  await withProject({
    "leaves.ts": `${head}Deno.exit(0);\n`,
    "task.ts": `${head}const f = TaskGenerator(function f(n: number) {
  if (n === 2) Deno.exit(0);
  return n;
});
[1, 2, 3].map(f);
`,
  }, async ({ jug, leftovers }) => {
    const look = await jug("check leaves.ts");
    assert.deepEqual([look.code, look.stdout], [3, ""]);
    assert.match(
      look.stderr,
      /^jug: leaves\.ts could not be loaded\n {2}Deno\.exit\(0\) was called at .*leaves\.ts:2\n$/,
    );
    const runs = await jug("execute leaves.ts --workers 2");
    assert.equal(runs.code, 1);
    assert.match(runs.stderr, /^jug: Deno\.exit\(0\) was called at .*leaves\.ts:2: the run was ended/m);
    const task = await jug("execute task.ts");
    assert.equal(task.code, 1);
    assert.match(task.stderr, /^jug: Deno\.exit\(0\) was called at .*task\.ts:3: the run was ended/m);
    assert.deepEqual(await leftovers("task.jugdata"), NOTHING);
  });
});

Deno.test("a rejected promise that nobody awaits ends the run with its frames, and is not reported as a bug of jug", async () => {
  await withProject({
    "stray.ts": `import { TaskGenerator } from "jug";
async function stray() {
  await Promise.resolve();
  throw new RangeError("astray");
}
const f = TaskGenerator(async function f(n: number) {
  if (n === 2) stray();
  await new Promise((resolve) => setTimeout(resolve, n === 2 ? 60_000 : 1));
  return n;
});
[1, 2].map(f);
`,
  }, async ({ jug, leftovers }) => {
    const { code, stderr } = await jug("execute stray.ts");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^jug: a worker could not continue: RangeError: astray \(nobody awaits or catches this; meanwhile stray\.f\(2\) ran\)\n {4}at stray/m,
    );
    assert.equal(stderr.match(/RangeError/g)?.length, 1);
    assert.deepEqual(await leftovers("stray.jugdata"), NOTHING);
  });
});

Deno.test("a jugdir that is a file is refused by every command, and the file is left unchanged", async () => {
  await withProject({ "sum.ts": SUM, "taken": "mine" }, async ({ jug, folder }) => {
    for (const command of ["execute", "status", "cleanup --locks-only"]) {
      const { code, stdout, stderr } = await jug(`${command} sum.ts --jugdir taken`);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^jug: jugdir "taken" is a file, not a folder\n {2}Choose another place with --jugdir/);
    }
    const below = await jug("execute sum.ts --jugdir taken/below");
    assert.match(below.stderr, /^jug: jugdir "taken\/below": there is a file where a folder is expected: /);
    assert.equal(Deno.readTextFileSync(`${folder}/taken`), "mine");
  });
});

Deno.test({
  name: "a read-only jugdir can be inspected, and execute names the reason (skipped if mounting is not allowed)",
  ignore: !canMount(),
  fn: () =>
    withProject({ "sum.ts": SUM }, ({ jug }) =>
      withSmallDisk("size=1m", async ({ folder, remount }) => {
        await jug(`execute sum.ts --target leaf --jugdir ${folder}`);
        remount("ro");
        const status = await jug(`status sum.ts --short --jugdir ${folder}`);
        assert.equal(status.stdout, "3 finished, 0 running, 1 ready, 0 waiting\n");
        const { code, stderr } = await jug(`execute sum.ts --jugdir ${folder}`);
        assert.equal(code, 1);
        assert.match(stderr, /^jug: jugdir ".*": it is read-only: .*\n {2}Choose a writable jugdir/);
      })),
});

Deno.test({
  name:
    "on a full disk nothing is lost or half-written, and a later run continues (skipped if mounting is not allowed)",
  ignore: !canMount(),
  fn: () =>
    withProject({
      "big.ts": `import { TaskGenerator } from "jug";
// Results of shorter tasks are stored together, so all of them may be missing.
const big = TaskGenerator(async function big(n: number) {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return crypto.getRandomValues(new Uint8Array(20_000)).fill(n, 0, 1);
});
[1, 2, 3, 4, 5, 6].map(big);
`,
    }, ({ jug }) =>
      withSmallDisk("size=96k", async ({ folder, remount }) => {
        const full = await jug(`execute big.ts --jugdir ${folder}`);
        assert.equal(full.code, 1);
        assert.match(full.stderr, /jugdir ".*": the disk is full: .*\n {2}Free some space and run again/);
        const kept = Number(
          /^(\d) finished, 0 running/.exec((await jug(`status big.ts --short --jugdir ${folder}`)).stdout)?.[1],
        );
        assert.ok(kept > 0 && kept < 6, `${kept} results`);
        remount("size=1m");
        const later = await jug(`execute big.ts --jugdir ${folder}`);
        assert.equal(later.code, 0);
        assert.match(later.stdout, new RegExp(`^Total: +${6 - kept} +${kept}\\b`, "m"));
        assert.doesNotMatch(later.stderr, /damaged/);
      })),
});

for (
  const [size, moment, total] of [
    ["16k", "while it takes its first locks", /^Total: +0 +0\b/m],
    ["160k", "while it stores results", /^tiny\.tiny +\d+ +0\b/m],
  ] as const
) {
  Deno.test({
    name: `a run that fills the disk to the last block ${moment} leaves no lock (skipped if mounting is not allowed)`,
    ignore: !canMount(),
    fn: () =>
      withProject({
        "tiny.ts": `import { TaskGenerator } from "jug";
// Results are stored in batches by time. On a fast machine, all results of shorter tasks would be one batch.
const tiny = TaskGenerator(function tiny(n: number) {
  for (const end = performance.now() + 0.2; performance.now() < end;);
  return n;
});
for (let n = 0; n < 1000; n++) tiny(n);
`,
      }, ({ jug }) =>
        withSmallDisk(`size=${size}`, async ({ folder }) => {
          const { code, stdout, stderr } = await jug(`execute tiny.ts --jugdir ${folder}`);
          assert.equal(code, 1);
          assert.match(stderr, /jugdir ".*": the disk is full/);
          assert.match(stdout, total);
          assert.deepEqual(await leftoversIn(folder), NOTHING);
        })),
  });
}

Deno.test("a damaged result counts as missing: its task runs again, the user is told once, intact results stay", async () => {
  await withProject({ "sum.ts": SUM }, async ({ jug, results }) => {
    assert.equal((await jug("execute sum.ts")).code, 0);
    const recordOf = (name: string, n?: number) => {
      const found = results("sum.jugdata").find((result) =>
        result.name === `sum.${name}` && (n === undefined || JSON.stringify(result.value).includes(`"n":${n}`))
      );
      return found?.record ?? assert.fail(`${name} has no result`);
    };
    zero(recordOf("leaf", 1), 40);
    zero(recordOf("leaf", 2));
    overwrite(recordOf("sum"), 0, new TextEncoder().encode("overwritten by something else altogether"));

    // Results that are no longer needed are checked too, such as a leaf of a finished sum.
    const again = await jug("execute sum.ts --workers 2");
    assert.equal(again.code, 0);
    assert.deepEqual(ran(again.stdout), ["ran leaf 1", "ran leaf 2", "ran sum"]);
    assert.equal(again.stderr.match(/is damaged/g)?.length, 3);
    assert.match(again.stderr, /^jug: a result in sum\.jugdata is damaged \(.+\); its task [0-9a-f]{8} runs again$/m);
    assert.deepEqual(results("sum.jugdata").find(({ name }) => name === "sum.sum")?.value, 6);

    // Read-only commands report a damaged result too, since they remove it.
    zero(recordOf("sum"), 40);
    const looked = await jug("value sum.ts total");
    assert.equal(looked.code, 1);
    assert.match(looked.stderr, /^jug: the result [0-9a-f]{8} is damaged \(checksum does not match\) and was removed/m);
    assert.deepEqual(ran((await jug("execute sum.ts")).stdout), ["ran sum"]);

    // A dependency that is found damaged when it is needed.
    await jug("invalidate sum.ts --target sum.sum");
    zero(recordOf("leaf", 3));
    const needed = await jug("execute sum.ts --workers 2");
    assert.equal(needed.code, 0);
    assert.deepEqual(ran(needed.stdout), ["ran leaf 3", "ran sum"]);
    assert.equal(needed.stderr.match(/is damaged/g)?.length, 1);
    assert.doesNotMatch((await jug("execute sum.ts")).stderr, /damaged/);
  });
});

Deno.test("a damaged result that the jugfile itself needs is computed again before the jugfile continues", async () => {
  const source = (rest: string) =>
    `import { barrier, bvalue, CachedFunction, noLoad, type Task, TaskGenerator, value } from "jug";
const leaf = TaskGenerator(function leaf(n: number) { return { n }; });
const leaves = [1, 2].map(leaf);
${rest}
`;
  const jugfiles = {
    "value.ts": source("await barrier();\nconst all = await value(leaves);"),
    "bvalue.ts": source("const all = await bvalue(leaves);"),
    "cached.ts": source(
      "function list() { return [{ n: 1 }, { n: 2 }]; }\nconst all = await CachedFunction(list);",
    ),
    "task.ts": source(
      `const sum = TaskGenerator(async function sum(a: Task<{ n: number }>) { return (await a.value()).n; });
export const all = await bvalue(sum(noLoad(leaves[1])));`,
    ),
  };
  await withProject(jugfiles, async ({ jug, results }) => {
    for (const name of ["value", "bvalue", "cached", "task"]) {
      assert.equal((await jug(`execute ${name}.ts`)).code, 0);
      if (name === "task") await jug("invalidate task.ts --target sum");
      for (const { record, name: task } of results(`${name}.jugdata`)) if (!task.endsWith("sum")) zero(record, 40);
      const { code, stdout, stderr } = await jug(`execute ${name}.ts --workers 2`);
      assert.equal(code, 0, `${name}: ${stderr}`);
      assert.match(stderr, /is damaged/);
      assert.doesNotMatch(stderr, /failed/);
      assert.match(stdout, name === "cached" ? /^cached\.list +1 +/m : new RegExp(`^${name}\\.leaf +2 +0\\b`, "m"));
    }
  });
});

/** Returns the beginning of the name of a partition's head. */
function partOf(hash: Hash): string {
  return partitionOf(hash, PARTITIONS).toString(16).padStart(2, "0");
}

Deno.test("a lock of an owner that nobody knows only blocks its own task, and cleanup removes it; one with rubbish blocks none", async () => {
  await withProject({ "sum.ts": SUM }, async ({ jug, results, folder, locks, names }) => {
    const jugdir = `${folder}/sum.jugdata`;
    await jug("execute sum.ts");
    const leafOf = (n: number) =>
      results("sum.jugdata").find(({ value }) => Object(value).n === n)?.record.hash ?? assert.fail(`leaf ${n}`);
    const [held, rubbish] = [leafOf(1), leafOf(2)];
    await jug("invalidate sum.ts --target leaf");
    const elsewhere = newOwner({ host: "elsewhere", leaseMs: 600_000 });
    const backend = await openBackend(jugdir);
    await backend.claim([held, rubbish], { owner: elsewhere, thread: 0 });
    await backend.close();
    assert.equal((await locks("sum.jugdata")).length, 2);
    // The locks of a partition are in one file, which the name of its head names.
    const head = names("sum.jugdata/heads").find((name) => name.startsWith(`${partOf(rubbish)}.`)) ?? "";
    assert.notEqual(partOf(held), partOf(rubbish));
    Deno.writeTextFileSync(`${jugdir}/states/${head.split(".").slice(2).join(".")}`, "rubbish\nand more\n");
    for (const place of ["heads", "states", "segments", "workers"]) {
      for (const name of ["rubbish", "00.1", "gone@5"]) Deno.writeTextFileSync(`${jugdir}/${place}/${name}`, "rubbish");
    }

    const { code, stdout, stderr } = await jug("execute sum.ts --nr-wait-cycles 1 --wait-cycle-time 3");
    assert.equal(code, 1);
    assert.deepEqual(ran(stdout), ["ran leaf 2", "ran leaf 3"]);
    assert.match(stderr, new RegExp(`^jug: sum\\.leaf\\(\\d\\) was not run: held by ${elsewhere.id}$`, "m"));
    assert.match(stderr, /^jug: gave up waiting for tasks that other processes hold \(--idle, or --nr-wait-cycles/m);
    assert.deepEqual((await locks("sum.jugdata")).map(({ hash }) => hash), [held]);
    assert.equal((await jug("cleanup sum.ts --locks-only")).stdout, "Removed 1 locks\n");
    const freed = await jug("execute sum.ts");
    assert.equal(freed.code, 0);
    assert.deepEqual(ran(freed.stdout), ["ran leaf 1", "ran sum"]);
  });
});

Deno.test("for an unknown subcommand or option the nearest match is suggested", async () => {
  await withProject({}, async ({ jug }) => {
    const expected = {
      "exceute x.ts": /^jug: unknown subcommand 'exceute'\n {2}Did you mean execute\?\n$/,
      "execute x.ts --keep-goin": /^jug: unknown option '--keep-goin'\n {2}Did you mean --keep-going\?\n$/,
      "x.ts": /^jug: unknown subcommand 'x\.ts'\n {2}Did you mean jug execute x\.ts\?\n$/,
    };
    for (const [words, message] of Object.entries(expected)) {
      const { code, stderr, stdout } = await jug(words);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    }
  });
});

Deno.test("a missing permission is reported with the flag to add, also for a task that needs it", async () => {
  const task =
    `import { TaskGenerator } from "jug";\nTaskGenerator(function home() { return Deno.env.get("HOME"); })();\n`;
  await withProject({ "sum.ts": SUM, "home.ts": task }, async ({ jug }) => {
    const none = await jug("execute sum.ts", { permissions: [] });
    assert.equal(none.code, 3);
    assert.match(none.stderr, /^jug: .*sum\.ts(.|\n)*--allow-read/);
    const read = await jug("execute sum.ts", { permissions: ["--allow-read"] });
    assert.equal(read.code, 1);
    assert.match(read.stderr, /^jug: .*sum\.jugdata(.|\n)*--allow-write/);
    const env = await jug("execute home.ts", { permissions: ["--allow-read", "--allow-write"] });
    assert.equal(env.code, 1);
    assert.match(env.stderr, /home\.home\(\) failed\n.*HOME.*--allow-env.*\n {4}at home/);
    // Each message is a few lines long and shows no frames of jug.
    for (const { stderr } of [none, read, env]) assert.doesNotMatch(stderr, /engine|bug in jug/);
  });
});
