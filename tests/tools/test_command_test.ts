import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { countsIn } from "../../tools/testing/counts.ts";
import { runJobs } from "../../tools/testing/schedule.ts";
import { type Choice, select } from "../../tools/testing/selection.ts";
import { ALONE, LONGEST, means, MODULES, PAGES, SLOW, UNIT } from "../../tools/testing/tiers.ts";
import { type Sources, withProject } from "../support/project.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOOL = `${ROOT}tools/test.ts`;

function jobsOf(choice: Choice) {
  const selection = select(choice);
  assert.equal(selection.kind, "jobs");
  return selection.jobs;
}

const titles = (...names: string[]) => jobsOf({ kind: "names", names }).map(({ title }) => title);

/** Runs the tool on a folder with these files. Returns its exit status and its output. */
async function runOn(sources: Sources, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let result = { code: -1, stdout: "", stderr: "" };
  await withProject(sources, async ({ folder }) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", TOOL, ...args, folder],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).replaceAll(folder, "FOLDER"));
    result = { code, stdout: out ?? "", stderr: err ?? "" };
  });
  return result;
}

Deno.test("every file and folder named in tiers.ts exists", () => {
  for (const name of [...UNIT, ...ALONE, ...LONGEST, ...SLOW.map(({ name }) => name), ...PAGES, ...MODULES]) {
    assert.equal(Deno.statSync(`${ROOT}${name}`).isDirectory, name.endsWith("/"), name);
  }
});

Deno.test("unit tests are part of the main tier, the slow tier asks for long forms, and only named files check types", () => {
  const all = jobsOf({ kind: "main" });
  const unit = jobsOf({ kind: "unit" });
  const isFirst = (title: string) => LONGEST.some((name) => means(name, title));
  assert.ok(isFirst(all[0]?.title ?? ""), "the longest jobs come first");
  for (const { title } of unit) assert.ok(all.some((job) => job.title === title), title);
  assert.ok(unit.filter(({ kind }) => kind === "tests").every(({ args }) => args.includes("--deny-run")));
  assert.equal(unit.filter(({ kind }) => kind === "checks").length, 1);
  const kills = (choice: Choice) =>
    jobsOf(choice).find(({ title }) => title === "tests/campaigns/kill_campaign_test.ts");
  assert.deepEqual(kills({ kind: "main" })?.env, {});
  assert.deepEqual(Object.keys(kills({ kind: "slow" })?.env ?? {}), ["JUG_CAMPAIGN"]);
  const [named] = jobsOf({ kind: "names", names: ["tests/core/value/hash_test.ts"] });
  assert.ok(named !== undefined && !named.args.includes("--no-check"));
});

Deno.test("names may be test files, pages, modules and folders; any other name is refused", () => {
  assert.deepEqual(titles("tests/core/value/hash_test.ts", "./tests/core/value/hash_test.ts"), [
    "tests/core/value/hash_test.ts",
  ]);
  assert.deepEqual(titles("docs/hooks.md", "core/declare/task.ts"), [
    "examples in docs/hooks.md",
    "blocks of docs/hooks.md",
    "examples in core/declare/task.ts",
  ]);
  assert.deepEqual(titles("engine/"), ["examples in engine/"]);
  assert.deepEqual(titles("engine/utilities"), ["examples in engine/utilities/"]);
  assert.equal(titles("docs").length, 1);
  assert.ok(titles("tests").includes("tests/core/value/hash_test.ts"));
  for (const name of ["tests/no_such_test.ts", "bench", "LICENSE", "no/such"]) {
    assert.deepEqual(select({ kind: "names", names: ["tests", name] }), { kind: "unknown", name });
  }
});

Deno.test("counts are read from the last summary line of deno test", () => {
  assert.deepEqual(countsIn("ok | 9 passed | 0 failed (1s)\nFAILED | 12 passed (3 steps) | 2 failed (1 step) (5s)\n"), {
    passed: 12,
    failed: 2,
    skipped: 0,
  });
  assert.deepEqual(countsIn("ok | 0 passed | 0 failed | 3 ignored (5ms)"), { passed: 0, failed: 0, skipped: 3 });
  assert.equal(countsIn("error: Module not found"), undefined);
});

Deno.test("at most `width` jobs run at a time, and no other job runs beside one that must run alone", async () => {
  const job = (title: string, isAlone: boolean) =>
    ({ title, kind: "tests", args: [], env: {}, isAlone, limitMinutes: 1 }) as const;
  const running = new Set<string>();
  const most = { together: 0, alone: 0 };
  const order: string[] = [];
  const jobs = [job("a", false), job("alone", true), job("b", false), job("c", false), job("d", false)];
  await runJobs(jobs, 2, async ({ title, isAlone }) => {
    running.add(title);
    order.push(title);
    const kind = isAlone ? "alone" : "together";
    most[kind] = Math.max(most[kind], running.size);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running.delete(title);
  });
  assert.deepEqual(most, { together: 2, alone: 1 });
  assert.deepEqual(order, ["a", "b", "c", "d", "alone"]);
});

const GOOD = `Deno.test("good", () => console.log("told by a good test"));\n`;

Deno.test("a run prints all output of failed files, counts a file that cannot be loaded as a failure, and exits with 1", async () => {
  const { code, stdout } = await runOn({
    "good_test.ts": `${GOOD}Deno.test.ignore("left out", () => {});\n`,
    "bad_test.ts": `${GOOD}Deno.test("bad", () => { throw new Error("so bad"); });\n`,
    "lost_test.ts": `import "./nowhere.ts";\n${GOOD}`,
    "empty_test.ts": "export {};\n",
    "thrown_test.ts": `${GOOD}throw new Error("while loading");\n`,
  });
  assert.equal(code, 1, stdout);
  assert.equal(stdout.trimEnd().split("\n").at(-1), "tests: 2 passed, 4 failed, 1 skipped");
  assert.match(stdout, /^ok {6}\S*good_test\.ts \(1 passed, 1 skipped, .* s\)\nskipped {3}left out$/m);
  assert.match(stdout, /^error: Error: so bad$/m);
  assert.match(stdout, /nowhere\.ts/);
  assert.match(stdout, /^error: .*Error: while loading$/m);
  assert.match(stdout, /^FAILED {2}\S*empty_test\.ts \(it contains no tests\)$/m);
  assert.equal(
    stdout.match(/told by a good test/g)?.length,
    1,
    "the output of files that passed is not printed",
  );
});

Deno.test("a run without failures exits with 0; a run without tests or with a wrong option exits with 2", async () => {
  const good = await runOn({ "good_test.ts": GOOD });
  assert.equal(good.code, 0, good.stdout);
  assert.match(good.stdout, /^told by a good test$/m, "the output of a single file is shown");
  assert.equal(good.stdout.trimEnd().split("\n").at(-1), "tests: 1 passed, 0 failed, 0 skipped");
  const none = await runOn({ "notes.txt": "" });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^test: there is no test and no example at FOLDER\. There are:\n {2}tests\/backends\//);
  for (const args of [["--fast"], ["--unit", "--slow"], ["--jobs", "none"]]) {
    const slip = await runOn({ "good_test.ts": GOOD }, ...args);
    assert.deepEqual([slip.code, slip.stdout], [2, ""], args.join(" "));
    assert.match(slip.stderr, /^test: .*\nusage: deno task test /m);
  }
});
