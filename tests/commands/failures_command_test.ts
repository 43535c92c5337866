import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

/** A jugfile: odd numbers fail with one message, 4 with another, unless the file mended.txt exists. */
const ODD = `import { existsSync } from "node:fs";
import { TaskGenerator } from "jug";
const isMended = existsSync("mended.txt");
const even = TaskGenerator(function even(n: number) {
  console.log("tried " + n);
  if (!isMended && n % 2 === 1) throw new RangeError("odd");
  if (!isMended && n === 4) throw new TypeError("four\\nand no more");
  return n;
}, { retries: 1, backoff: 0 });
const data = TaskGenerator(function data() { return isMended ? 1 : () => 1; });
export const all = [0, 1, 2, 3, 4, 5].map((n) => even(n));
data();
`;

Deno.test("failures lists failed tasks, grouped by error, with place, attempt, process and time", () =>
  withProject({ "odd.ts": ODD }, async ({ jug, write }) => {
    assert.deepEqual((await jug("failures odd.ts")).stdout, "No failures\n");
    const before = Date.now();
    await jug("execute odd.ts --keep-going --verbose quiet");
    // The command reads only the jugdir.
    write("odd.ts", "this is no module (");
    const { code, stdout, stderr } = await jug("failures odd.ts");
    assert.deepEqual([code, stderr], [0, ""]);
    const groups = stdout.split("\n\n");
    assert.equal(groups.length, 3);
    assert.match(
      groups[0] ?? "",
      /^3 × RangeError: odd\n {4}at even \(.*odd\.ts:6:\d+\)\n( {2}\w{8} {2}odd\.even\(\d\), \d.*, attempt 2(\n|$)){3}/,
    );
    assert.match(stdout, /^1 × TypeError: four\n {2}and no more\n {4}at even /m);
    assert.match(stdout, /^1 × odd\.data: result is a function/m);

    const listed = JSON.parse((await jug("failures odd.ts --json")).stdout);
    assert.deepEqual([listed.jugdir, listed.total, listed.damaged], ["odd.jugdata", 5, 0]);
    const [{ error, message, count, tasks }] = listed.groups;
    assert.deepEqual([error, message, count], ["RangeError", "odd", 3]);
    assert.deepEqual(tasks.map((task: { args: string }) => task.args).sort(), ["1", "3", "5"]);
    const [{ hash, name, frames, attempt, pid, time, kept }] = tasks;
    assert.match(hash, /^[0-9a-f]{40}$/);
    assert.deepEqual([name, frames.length, attempt, kept], ["odd.even", 1, 2, false]);
    assert.ok(Number.isInteger(pid));
    assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now());
  }));

Deno.test("failures with the same cause are one group, even if numbers in their messages differ", () =>
  withProject({
    "dl.ts": `import { TaskGenerator } from "jug";
const page = TaskGenerator(function page(n: number) { throw new Error(\`HTTP \${n < 6 ? 503 : 404} for page \${n}\`); });
for (let n = 1; n <= 7; n++) page(n);
`,
  }, async ({ jug }) => {
    await jug("execute dl.ts --keep-going --quiet");
    const { stdout } = await jug("failures dl.ts");
    assert.deepEqual(stdout.match(/^\d .*$/gm), [
      "5 × Error: HTTP 503 for page <number>",
      "2 × Error: HTTP 404 for page <number>",
    ]);
    const { groups } = JSON.parse((await jug("failures dl.ts --json")).stdout);
    const messages = groups[1].tasks.map((task: { message: string }) => task.message);
    assert.deepEqual(messages.sort(), ["HTTP 404 for page 6", "HTTP 404 for page 7"]);
  }));

Deno.test("the next run tries a failed task again, but one with a kept failure only after retry", () =>
  withProject({ "odd.ts": ODD }, async ({ jug, write }) => {
    await jug("execute odd.ts --keep-going --target data");
    await jug("execute odd.ts --keep-going --keep-failed --target even");
    assert.match((await jug("failures odd.ts")).stderr, /^4 of 5 kept by --keep-failed: `jug retry` frees them$/m);
    write("mended.txt", "");

    const left = await jug("execute odd.ts");
    assert.equal(left.code, 1);
    assert.match(left.stdout, /^odd\.data +1 +0\b/m);
    assert.doesNotMatch(left.stdout, /tried/);
    assert.match(left.stderr, /^jug: 4 tasks odd\.even, such as .*; `jug retry` frees them$/m);

    const none = await jug("retry odd.ts --target data");
    assert.deepEqual([none.code, none.stdout], [0, "No failures freed\n"]);
    assert.match(none.stderr, /^no task matches data\n {2}There are tasks odd\.even$/m);
    assert.match((await jug("retry odd.ts --target even")).stdout, /^odd\.even +4\n\.+\nTotal: +4\n$/m);
    assert.equal((await jug("failures odd.ts")).stdout, "No failures\n");

    const again = await jug("execute odd.ts");
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(again.stdout.match(/tried \d/g)?.sort(), ["tried 1", "tried 3", "tried 4", "tried 5"]);
    const nothing = await jug("retry odd.ts");
    assert.deepEqual([nothing.code, nothing.stdout], [0, "No failures freed\n"]);
    assert.match(nothing.stderr, /^no failures are kept/);
  }));

Deno.test("--max-failures continues after failures, and starts no task after that many", () =>
  withProject({ "bad.ts": BAD }, async ({ jug }) => {
    const { code, stderr } = await jug("execute bad.ts --max-failures 3");
    assert.equal(code, 1);
    assert.equal(stderr.match(/^jug: bad\.bad\(\d+\) failed$/gm)?.length, 3);
    assert.match(stderr, /^jug: 3 tasks failed; the run was stopped \(--max-failures 3\)$/m);
    const failed = (await jug("failures bad.ts --json")).stdout;
    assert.equal(JSON.parse(failed).total, 3);

    const all = await jug("execute bad.ts --max-failures 1000 --workers 2");
    assert.match(all.stderr, /^jug: 40 tasks failed$/m);
    assert.match((await jug("status bad.ts --short")).stdout, /^1 finished, .*, 40 failed$/m);
    assert.equal((await jug("execute bad.ts --max-failures 0")).code, 2);
  }));

const BAD = `import { TaskGenerator } from "jug";
const bad = TaskGenerator(function bad(n: number) { throw new Error("bad " + n); });
for (let n = 0; n < 40; n++) bad(n);
TaskGenerator(function good() {})();
`;
