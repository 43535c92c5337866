import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "npm:string-width@8";
import { until } from "../../support/file/file_processes.ts";
import { type Project, withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import { linesOf } from "../../support/file/file_processes.ts";
import { hasTmux, type Terminal, withTerminal } from "../../support/terminal/terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

/** Tasks that run until a file go1, go2, … exists; the second one fails. */
const STEPS = `import { TaskGenerator } from "jug";
const step = TaskGenerator(async function step(n: number, _name: string) {
  while (!await Deno.stat("go" + n).catch(() => undefined)) await new Promise((done) => setTimeout(done, 10));
  if (n === 2) throw new RangeError("two is refused\\nfor good");
  return n;
});
const sum = TaskGenerator(function sum(ns: number[]) { return ns.length; });
sum([1, 2, 3, 4].map((n) => step(n, "a\\x1b[2Jb")));
`;

/** Two stages with a barrier between them. */
const STAGES = `import { barrier, TaskGenerator } from "jug";
const step = TaskGenerator(async function step(n: number) {
  while (!await Deno.stat("go" + n).catch(() => undefined)) await new Promise((done) => setTimeout(done, 10));
  return n;
});
step(1);
await barrier();
console.log("behind the barrier");
step(2);
`;

/** Watches in a terminal. */
function watching<Result>(
  { folder }: Pick<Project, "folder">,
  words: string,
  use: (terminal: Terminal) => Promise<Result>,
  size: { readonly columns?: number; readonly rows?: number } = {},
): Promise<Result> {
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-lock", CLI, "status", ...words.split(" "), "--watch"];
  return withTerminal(command, { cwd: folder, env: { NO_COLOR: "1" }, columns: 80, rows: 24, ...size }, use);
}

/** Asserts that there is one table and nothing is half drawn. */
async function assertIsClean(terminal: Terminal, columns = 80): Promise<string> {
  const text = stripVTControlCharacters(await terminal.history()).trimEnd();
  assert.equal(text.match(/^Total: /gm)?.length, 1, text);
  for (const line of text.split("\n")) assert.ok(stringWidth(line.trimEnd()) < columns, line);
  return text;
}

for (const kind of ["steps.jugdata", "sqlite:steps.db", "redis"]) {
  Deno.test({
    name: `status --watch shows who runs what, what finishes and what fails, until Ctrl-C: ${kind}`,
    ignore: !hasTmux || kind === "redis" && !hasRedis,
    fn: () =>
      withProject({ "steps.ts": STEPS }, async (project) => {
        await using server = kind === "redis" ? await startRedis() : undefined;
        const words = `steps.ts --jugdir ${server?.address ?? kind}`;
        await watching(project, words, async (terminal) => {
          await terminal.shows(/^steps\.step +\[-+\] +0 +0 +4 +0\nsteps\.sum +\[-+\] +0 +0 +0 +1\n/m);
          await terminal.shows(/^0 of 5 finished \(0 %\).*, time left unknown, no process works$/m);
          const other = project.startJug(`execute ${words} --keep-going --concurrency 4`);
          const where = `\\S+:${other.pid}\\.0`;
          await terminal.shows(/^steps\.step +\[>+\] +0 +4 +0 +0\n/m);
          // Arguments that would clear the screen are shown as written.
          const shown = await terminal.shows(
            new RegExp(`^ +\\d+ s {2}steps\\.step\\(3, 'a\\\\x1b\\[2Jb'\\) +${where}$`, "m"),
          );
          assert.match(shown, /, elapsed \d+ s, 1 process$/m);
          project.write("go1", "");
          await terminal.shows(/^steps\.step +\[#+>+\] +1 +3 +0 +0\n/m);
          project.write("go2", "");
          await terminal.shows(
            /^Task name +Finished +Running +Failed +Ready +Waiting\nsteps\.step +\[#+>+x+\] +1 +2 +1/m,
          );
          await terminal.shows(
            /^Failed: when, task, error\n +\d+ s ago {2}steps\.step\(2, .*\): RangeError: two is ref/m,
          );
          await terminal.press("C-c");
          assert.equal(await terminal.ended(), 130);
          const left = await assertIsClean(terminal);
          assert.match(left, /^ +\d+ s ago .*RangeError.*(\nPane is dead.*)?$/m);
          assert.doesNotMatch(left, /\^C|finished$/m);
          for (const n of [3, 4]) project.write(`go${n}`, "");
          assert.equal((await other.result).code, 1);
        });
      }),
  });
}

Deno.test({
  name: "status --watch passes barriers, shows what the jugfile prints, and ends by itself when all is finished",
  ignore: !hasTmux,
  fn: () =>
    withProject({ "stages.ts": STAGES }, async (project) => {
      await watching(project, "stages.ts", async (terminal) => {
        await terminal.shows(/^more tasks may follow the barrier at .*stages\.ts:7$/m);
        const other = project.startJug("execute stages.ts");
        await terminal.shows(/^stages\.step +\[>+\] +0 +1 +0 +0$/m);
        await terminal.shows(/at least|time left unknown/);
        project.write("go1", "");
        await terminal.shows(/^behind the barrier\nTask name.*\nstages\.step +\[#+>+\] +1 +1 +0 +0$/m);
        project.write("go2", "");
        assert.equal(await terminal.ended(), 0);
        assert.equal((await other.result).code, 0);
        const left = await assertIsClean(terminal);
        assert.match(
          left,
          /^behind the barrier\n.*\nstages\.step +\[#+\] +2 .*\nTotal: .*\n2 of 2 finished \(100 %\)\nall 2 tasks are finished/,
        );
      });
      await watching(project, "stages.ts", async (terminal) => {
        assert.equal(await terminal.ended(), 0);
        assert.match(await assertIsClean(terminal), /^all 2 tasks are finished$/m);
      });
    }),
});

Deno.test({
  name: "status --watch follows the size of the terminal, and ends at SIGTERM with everything drawn",
  ignore: !hasTmux,
  fn: () =>
    withProject({ "steps.ts": STEPS }, async (project) => {
      const other = project.startJug("execute steps.ts --concurrency 4");
      await watching(project, "steps.ts", async (terminal) => {
        await terminal.shows(/^ +\d+ s {2}steps\.step\(4, /m);
        await terminal.resize({ columns: 50, rows: 24 });
        await terminal.shows(/^0\/4 {2}steps\.step {2}4 running\n0\/1 {2}steps\.sum\n0\/5 {2}Total: {2}4 running$/m);
        await terminal.resize({ columns: 100, rows: 24 });
        await terminal.shows(/^steps\.step +\[>{30}\] +0 +4/m);
        await terminal.resize({ columns: 100, rows: 7 });
        await terminal.shows(/^Running.*\n.*\n… and 3 more$|^… and \d more/m);
        assert.ok((await terminal.screen()).split("\n").length <= 7);
        await terminal.resize({ columns: 100, rows: 24 });
        await terminal.shows(/^steps\.step .*\n[^]* {2}steps\.step\(4, /m);
        Deno.kill(terminal.pid, "SIGTERM");
        assert.equal(await terminal.ended(), 1);
        assert.match(await terminal.screen(), /^ +\d+ s {2}steps\.step\(\d, .*\njug: ended by SIGTERM$/m);
      });
      other.kill("SIGTERM");
      await other.result;
    }),
});

Deno.test("without a terminal, status --watch prints a line per change, and --json an object per change", () =>
  withProject({ "stages.ts": STAGES }, async (project) => {
    // As with `jug permissions stages.ts status`, reading suffices.
    const plain = project.startJug("status stages.ts --watch", { permissions: ["--allow-read"] });
    const json = project.startJug("status stages.ts --watch --json");
    const status = async (expected: RegExp) =>
      expected.test((await project.jug("status stages.ts --short")).stdout) ? true : undefined;
    const other = project.startJug("execute stages.ts");
    await until("the first task to run", () => status(/^0 finished, 1 running/));
    project.write("go1", "");
    await until("the second task to run", () => status(/^1 finished, 1 running/));
    project.write("go2", "");
    assert.equal((await other.result).code, 0);
    const lines = await plain.result;
    assert.equal(lines.code, 0);
    assert.equal(lines.stderr, "behind the barrier\nall 2 tasks are finished\n");
    const [first = "", ...rest] = lines.stdout.trimEnd().split("\n");
    assert.match(first, /^0 finished, \d running, \d ready, 0 waiting, .*, more tasks may follow the barrier at .*:7$/);
    assert.equal(rest.at(-1), "2 finished, 0 running, 0 ready, 0 waiting");
    assert.ok(!lines.stdout.includes("\x1b"));
    const objects = (await json.result).stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const last = objects.at(-1);
    assert.deepEqual([last.total.finished, last.barrier, last.running], [2, null, []]);
    assert.equal(objects[0].barrier.line, 7);
    const running = objects.flatMap((object) => object.running);
    for (const task of running) assert.match(task.call, /^stages\.step\([12]\)$/);
    assert.ok(running.every((task) => task.pid === other.pid));
  }));

Deno.test("status --watch ends when nobody reads its lines any more", () =>
  withProject({ "steps.ts": STEPS }, async (project) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-lock", CLI, "status", "steps.ts", "--watch"],
      cwd: project.folder,
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = linesOf(child.stdout);
    assert.match(String((await lines.next()).value), /^0 finished, 0 running, 4 ready, 1 waiting, time left unknown/);
    await lines.return(undefined);
    project.write("go1", "");
    const other = project.startJug("execute steps.ts --concurrency 4");
    assert.equal((await child.status).code, 0);
    other.kill("SIGTERM");
    await other.result;
  }));

Deno.test("status --watch is refused where nothing can be watched", () =>
  withProject({ "steps.ts": STEPS, "none.ts": "export const none = 0;\n" }, async ({ jug }) => {
    for (const jugdir of ["memory:", "memory:steps.jugmem"]) {
      const { code, stderr } = await jug(`status steps.ts --watch --jugdir ${jugdir}`);
      assert.equal(code, 2);
      assert.match(stderr, /^jug: option '--watch' cannot be used with a jugdir in memory\n {2}Use a folder/);
    }
    const none = await jug("status none.ts --watch");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /declares no tasks/);
  }));
