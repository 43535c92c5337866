import assert from "node:assert/strict";
import { jobName } from "../../../commands/launch/job_name.ts";
import { main } from "../../../commands/main.ts";
import { fakeHost } from "../../support/fake_host.ts";
import { printedFlags } from "../../support/printed_flags.ts";
import { type Project, withProject } from "../../support/project.ts";
import { startJug } from "../../support/run_jug.ts";

const SQUARES = `import { TaskGenerator } from "jug";
const square = TaskGenerator(function square(n: number) { return n * n; });
export const squares = [1, 2, 3].map((n) => square(n));
`;

/** Tasks that wait for the file `go`. */
const WAITING = {
  "waits.ts": `import { TaskGenerator } from "jug";
const wait = TaskGenerator(async function wait(n: number) {
  for (;;) {
    try {
      Deno.statSync("go");
      return n;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
export const all = [1, 2, 3, 4].map((n) => wait(n));
`,
};

async function workersOf({ jug }: Project, words: string): Promise<number> {
  const { stdout } = await jug(`${words} --list`);
  return stdout.split("\n").filter((line) => line.includes("running")).length;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 200));
}

Deno.test("launch local starts workers up to --max, counts those that are there, and --cancel ends them", async () => {
  await withProject(WAITING, async (project) => {
    const words = "launch local waits.ts --max 2";
    const first = await project.jug(`${words} --idle 1s --permissions read=go`);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^Submitted 2 workers as jug-[0-9a-f]{10} for 4 ready tasks\n$/);
    assert.equal(await workersOf(project, words), 2);
    const again = await project.jug(`${words} --permissions read=go`);
    assert.match(again.stdout, /No worker is needed: \d tasks are ready, 2 are there already/);
    const cancelled = await project.jug(`${words} --cancel --grace 1s`);
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.match(cancelled.stdout, /^Cancelled 2 workers of jug-/);
    assert.equal(await workersOf(project, words), 0);
    assert.equal(project.names("waits.jugdata/logs").length, 2, "one log a worker");
  });
});

Deno.test("launch local --watch stays until every task is finished, and finds its workers when it is started again", async () => {
  await withProject(WAITING, async (project) => {
    const words = "launch local waits.ts --max 2 --idle 2s --every 1s --watch --permissions read=go";
    const first = project.startJug(words);
    await first.saw("2 running, 0 waiting");
    first.kill("SIGINT");
    const { code, stderr } = await first.result;
    assert.equal(code, 130);
    assert.match(stderr, /the workers go on/);
    const second = project.startJug(words);
    await second.saw("2 running, 0 waiting");
    project.write("go", "");
    const end = await second.result;
    assert.equal(end.code, 0, end.stderr);
    assert.doesNotMatch(end.stderr, /submitting/);
    assert.match(end.stderr, /all tasks are finished/);
    await until(async () => await workersOf(project, words.replace(" --watch", "")) === 0);
  });
});

Deno.test("launch runs with the flags that jug permissions prints, and workers with theirs", async () => {
  await withProject({ "squares.ts": SQUARES }, async (project) => {
    const flags = await printedFlags(project, "launch local squares.ts");
    const words = "launch local squares.ts --max 1 --idle 1s --every 1s --watch";
    const { code, stderr } = await project.jug(words, { permissions: flags });
    assert.equal(code, 0, stderr);
    const { stdout } = await project.jug("launch local squares.ts --print");
    const [execute] = (await printedFlags(project, "squares.ts")).filter((flag) => flag.startsWith("--allow-read="));
    assert.ok(execute !== undefined && stdout.includes(execute), stdout);
    assert.doesNotMatch(stdout, / -A /);
  });
});

Deno.test("a task that lacks a permission ends the watch, with what to add; so does one that fails", async () => {
  const sources = {
    "lacks.ts": SQUARES.replace("return", `Deno.readTextFileSync("/etc/passwd"); return`),
    "fails.ts": SQUARES.replace("return", `throw new Error("no");`),
  };
  await withProject(sources, async ({ jug }) => {
    const times = "--max 1 --idle 1s --every 1s --watch";
    const lacks = await jug(`launch local lacks.ts ${times}`);
    assert.equal(lacks.code, 1);
    assert.match(lacks.stderr, /lacks a permission: lacks\.square\(\d\): .*add --permissions "read=\/etc\/passwd"/);
    const fails = await jug(`launch local fails.ts ${times}`);
    assert.equal(fails.code, 1);
    assert.match(fails.stderr, /1 task failed\n.*jug failures fails\.ts/);
  });
});

Deno.test("workers that cannot start end the watch with a log", async () => {
  await withProject({ "squares.ts": SQUARES }, async ({ folder }) => {
    const words = [
      "launch",
      "local",
      "squares.ts",
      "--max",
      "3",
      "--every",
      "1s",
      "--watch",
      "--jug",
      "echo no jug; exit 7;",
    ];
    const { code, stderr } = await startJug(words, { cwd: folder }).result;
    assert.equal(code, 1);
    assert.match(stderr, /three workers in a row ended within a minute/);
    assert.match(stderr, /no jug/);
  });
});

Deno.test("launch quotes paths and arguments: nothing in them is run", async () => {
  await withProject({}, async ({ folder }) => {
    const cwd = `${folder}/it's $(touch run) "here" %j`;
    Deno.mkdirSync(cwd);
    Deno.writeTextFileSync(
      `${cwd}/a b.ts`,
      SQUARES.replace("[1, 2, 3]", "args.map(Number)").replace("{ Task", "{ args, Task"),
    );
    const words = [
      "a b.ts",
      "7",
      "--jugdir",
      "it's `touch run`",
      "--max",
      "1",
      "--idle",
      "1s",
      "--every",
      "1s",
      "--watch",
    ];
    const { code, stderr } = await startJug(["launch", "local", ...words], { cwd }).result;
    assert.equal(code, 0, stderr);
    const names = [...Deno.readDirSync(cwd)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["a b.ts", "it's `touch run`"]);
    const log = `${cwd}/it's \`touch run\`/logs/${jobName(`${cwd}/it's \`touch run\``)}.`;
    assert.ok(
      [...Deno.readDirSync(`${cwd}/it's \`touch run\`/logs`)].every(({ name }) => log.endsWith(name.slice(0, 15))),
    );
  });
});

Deno.test("launch command runs the user's command lines", async () => {
  await withProject({ "squares.ts": SQUARES }, async ({ folder }) => {
    const count = `ps -A -ww -o args= | grep -c -- "[e]xecute --job {name}:"`;
    const words = [
      "squares.ts",
      "--max",
      "2",
      "--idle",
      "1s",
      "--every",
      "1s",
      "--watch",
      "--submit",
      "sh {script} &",
      "--count",
      count,
    ];
    const { code, stderr } = await startJug(["launch", "command", ...words], { cwd: folder }).result;
    assert.equal(code, 0, stderr);
  });
});

Deno.test("a class of workers has its own arguments for the scheduler and its own name; what follows -- comes last", async () => {
  await withProject({ "squares.ts": SQUARES }, async (project) => {
    project.write("jug.json", `{"launch": {"classes": {"gpu": ["-p", "gpu", "--gres", "gpu:1"]}, "max": 3}}`);
    const print = async (more: string) => {
      const { code, stdout, stderr } = await project.jug(`launch slurm squares.ts --print --permissions -A${more}`);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const gpu = await print(" --class gpu -- --qos x");
    assert.match(gpu, /^# Submitted by: sbatch .*--array=0-2 .* -p gpu --gres gpu:1 --qos x$/m);
    const [name, other] = [gpu, await print("")].map((text) => /--job-name=(\S+)/.exec(text)?.[1]);
    assert.equal(name, jobName(`${project.folder}/squares.jugdata`, "gpu"));
    assert.equal(other, jobName(`${project.folder}/squares.jugdata`));
  });
});

Deno.test("launch counts the tasks that its workers could begin: by --target and --provides, and those that failed before", async () => {
  const source = `import { TaskGenerator } from "jug";
const plain = TaskGenerator(function plain(n: number) { if (n === 0) throw new Error("no"); return n; });
const large = TaskGenerator(function large(n: number) { return n; }, { resources: { gpu: 2 } });
const after = TaskGenerator(function after(n: number) { return n; });
export const all = [plain(0), plain(1), large(1), large(2), large(3), after(plain(2))];
`;
  await withProject({ "mixed.ts": source }, async ({ jug, write }) => {
    write("none.sh", "echo 0\n");
    /** Nothing is really submitted, and nobody works. */
    const ready = async (more = "") => {
      const words = `launch command mixed.ts --submit true --count sh<none.sh --permissions -A --max 50${more}`;
      const { code, stdout, stderr } = await jug(words);
      assert.equal(code, 0, stderr);
      return stdout.replace(/^.*?(\d+) (?:ready tasks?|tasks? (?:is|are) ready)[^]*$/, "$1");
    };
    assert.equal(await ready(), "3", "plain tasks; no worker has a gpu");
    assert.equal(await ready(" --provides gpu=1"), "3");
    assert.equal(await ready(" --provides gpu=2"), "6");
    assert.equal(await ready(" --provides gpu=2 --target large"), "3");
    await jug("execute mixed.ts --keep-going --target plain");
    assert.equal(await ready(), "2", "the one that failed is tried again; after() is ready");
    await jug("execute mixed.ts --keep-going --keep-failed --target plain");
    assert.equal(await ready(), "1", "a failure that was kept is not");
  });
});

Deno.test("launch refuses what makes no sense", async () => {
  const refusals: [string, RegExp][] = [
    ["launch", /needs a kind of scheduler\n {2}Give one of slurm, /],
    ["launch slumr squares.ts", /does not know the kind "slumr"/],
    ["launch local squares.ts --max 2 --min 3", /'--min' cannot be 3/],
    ["launch local squares.ts --time soon", /'--time' cannot be "soon"/],
    ["launch local squares.ts --hosts a", /'--hosts' is for launch ssh/],
    ["launch ssh squares.ts", /needs '--hosts'/],
    ["launch ssh squares.ts --hosts -oProxyCommand=x", /'--hosts' cannot contain/],
    ["launch command squares.ts", /needs '--submit'/],
    ["launch local squares.ts --permissions nonsense", /'--permissions' cannot contain "nonsense"/],
    ["launch local squares.ts --jugdir memory:", /cannot be used with a jugdir in memory/],
    ["launch local squares.ts --list --cancel", /cannot be used with option/],
    ["permissions launch", /needs a kind of scheduler/],
    ["launch slurm squares.ts --class gpu", /there is no class "gpu"\n {2}Write it into jug\.json/],
    ["launch slurm squares.ts --classes [1]", /'--classes' cannot be "\[1\]"\n {2}Give lists of texts/],
    ["launch slurm squares.ts --every 10ms", /'--every' cannot be "10ms"\n {2}Give 1s or more/],
    ["launch kubernetes squares.ts", /needs '--image'/],
    ["launch kubernetes squares.ts --image x --volume data", /'--volume' cannot contain "data"/],
    ["launch slurm squares.ts --image x", /'--image' is for launch kubernetes/],
  ];
  for (const [words, message] of refusals) {
    const host = fakeHost();
    assert.equal(await main(words.split(" "), host), 2, words);
    assert.match(host.written.stderr, message, words);
  }
});
