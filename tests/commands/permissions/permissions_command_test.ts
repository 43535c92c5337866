import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { subcommands } from "../../../commands/subcommands.ts";
import { flagsFor } from "../../../commands/deno_flags/need.ts";
import { COMMAND_NEEDS, jugdirNeeds } from "../../../commands/deno_flags/own_needs.ts";
import { LONE_COMMANDS } from "../../../commands/permissions/lone_commands.ts";
import { missingPermission } from "../../../core/remedy/missing_permission.ts";
import {
  checkNoneIsSpare,
  checkSuffices,
  joined,
  type LeftOut,
  piecesOf,
  printedFlags,
  SQUARES,
} from "../../support/printed_flags.ts";
import { isLong } from "../../support/campaign/campaign.ts";
import { type Project, withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import { hasTmux, withTerminal } from "../../support/terminal/terminal.ts";

/** Arguments of each subcommand after its name and the jugfile. The subcommands run in this order. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  execute: [],
  status: ["--short"],
  check: [],
  "sleep-until": [],
  count: [],
  tasks: [],
  times: [],
  failures: [],
  why: ["square", "0"],
  log: ["square", "0"],
  graph: ["--format", "png"],
  report: [],
  stale: [],
  value: ["squares"],
  shell: ["-e", "value(squares)"],
  pack: [],
  // After pack, which needs the same flags and tests them: without failures to free, retry writes nothing.
  retry: [],
  cleanup: [],
  // After it, there are no results.
  invalidate: ["--target", "square"],
  upgrade: [],
  config: [],
};

/** A jugfile with a task of its own. In a jugdir of squares.ts, its result is unused. */
const OTHER = `import { TaskGenerator } from "jug";\nTaskGenerator(function other() { return 1; })();\n`;

/** What a subcommand needs before it, so that there is something to write. */
async function prepare(project: Project, subcommand: string, jugdir: string): Promise<void> {
  if (subcommand === "cleanup" || subcommand === "pack") {
    // A result that is not needed, in a second segment.
    assert.equal((await project.jug(`execute other.ts --jugdir ${jugdir}`)).code, 0);
  } else if (subcommand === "upgrade") {
    Deno.removeSync(`${project.folder}/${jugdir}`, { recursive: true });
    Deno.mkdirSync(`${project.folder}/${jugdir}`);
    project.write(`${jugdir}/format`, "jug file backend\nformat 1\n");
  }
}

const leftOut: LeftOut = new Set();

/** Runs each subcommand with the flags printed for it, and again without each of them. */
async function checkBackend(jugdir: string, subcommands: readonly string[]): Promise<void> {
  await withProject({ ...SQUARES, "other.ts": OTHER }, async (project) => {
    const checked = new Set<string>();
    // The printed flags depend only on the subcommand's needs.
    const printed = new Map<unknown, readonly string[]>();
    for (const subcommand of subcommands) {
      await prepare(project, subcommand, jugdir);
      const needs = COMMAND_NEEDS[subcommand];
      const flags = printed.get(needs) ?? await printedFlags(project, `squares.ts ${subcommand} --jugdir ${jugdir}`);
      printed.set(needs, flags);
      const words = [subcommand, "squares.ts", ...ARGUMENTS[subcommand] ?? [], "--jugdir", jugdir].join(" ");
      // The prompt needs more flags than --eval; tests/commands/shell/shell_evaluator_test.ts tests them.
      if (!needs?.processes && !checked.has(flags.join(" "))) await checkNoneIsSpare(project, words, flags, leftOut);
      checked.add(flags.join(" "));
      await checkSuffices(project, words, flags);
    }
  });
}

Deno.test("permissions knows every subcommand, with and without a jugfile", () => {
  const known = subcommands.filter(({ hasJugfile = true, name }) => hasJugfile && name !== "permissions");
  // What launch needs depends on its kind as well: tests/commands/launch/launch_command_test.ts.
  assert.deepEqual([...Object.keys(COMMAND_NEEDS), "launch"].sort(), known.map(({ name }) => name).sort());
  // webstatus does not end by itself: tests/commands/webstatus/webstatus_test.ts.
  assert.deepEqual([...Object.keys(ARGUMENTS), "webstatus"].sort(), Object.keys(COMMAND_NEEDS).sort());
  const lone = subcommands.filter(({ hasJugfile }) => hasJugfile === false);
  assert.deepEqual(Object.keys(LONE_COMMANDS).sort(), lone.map(({ name }) => name).sort());
});

const EVERY = Object.keys(ARGUMENTS);
const BUT_FOR_FOLDERS = EVERY.filter((name) => name !== "pack" && name !== "upgrade");

Deno.test("the printed flags are sufficient and necessary: folder, each subcommand", () =>
  checkBackend("squares.jugdata", EVERY));

Deno.test({
  name: "the printed flags are sufficient and necessary: SQLite, each subcommand",
  ignore: !isLong,
  fn: () => checkBackend("sqlite:squares.jugdb", BUT_FOR_FOLDERS),
});

Deno.test("the printed flags are sufficient and necessary: memory", () => checkBackend("memory:", ["execute"]));

Deno.test("the printed flags are sufficient and necessary: memory saved in a file", () =>
  checkBackend("memory:squares.saved", ["execute", "status"]));

Deno.test({
  name: "the printed flags are sufficient and necessary: Redis, each subcommand, also over its socket",
  ignore: !hasRedis || !isLong,
  fn: async () => {
    await using server = await startRedis();
    await checkBackend(server.address, BUT_FOR_FOLDERS);
    await checkBackend(`unix:${server.socket}`, ["execute"]);
  },
});

Deno.test("the flags include what the top level and the imports of a jugfile need", async () => {
  const top = `import { least } from "./parts/least.ts";\nimport { TaskGenerator } from "jug";\n` +
    `const factor = Number(Deno.env.get("FACTOR") ?? 2) * Deno.readTextFileSync("factor.txt").length;\n` +
    `TaskGenerator(function scale(n: number) { return n * factor; })(least);\n`;
  await withProject({ "top.ts": top, "factor.txt": "x", "least.ts": "" }, async (project) => {
    Deno.mkdirSync(`${project.folder}/parts`);
    project.write("parts/least.ts", "export const least = 1;\n");
    const flags = await printedFlags(project, "top.ts status");
    assert.deepEqual(
      flags.map((flag) => flag.replace(/[^=,]*main\b|[^=,]*(?=,top\.jug)/, "JUG")).at(-1),
      "--allow-env=FACTOR",
    );
    for (const path of ["top.ts", "parts/least.ts", "factor.txt", "top.jugdata"]) {
      assert.ok(piecesOf(flags).some(([flag, value]) => flag === "--allow-read" && value === path), flags.join(" "));
    }
    assert.deepEqual(project.names("top.jugdata"), []);
    assert.equal((await project.jug("status top.ts", { permissions: flags })).code, 0);
  });
});

Deno.test("--observe runs the tasks and adds the permissions that they need; none can be left out", async () => {
  const tasks = `import { TaskGenerator } from "jug";\n` +
    `TaskGenerator(function copy(from: string, to: string) { Deno.writeTextFileSync(to, Deno.readTextFileSync(from)); })` +
    `("in.txt", "out.txt");\n` +
    `TaskGenerator(async function run() { return (await new Deno.Command("true").output()).code; })();\n`;
  await withProject({ "tasks.ts": tasks, "in.txt": "x" }, async (project) => {
    const before = await printedFlags(project, "tasks.ts");
    assert.deepEqual(before.slice(1), ["--allow-write=tasks.jugdata"]);
    const flags = await printedFlags(project, "tasks.ts --observe --jugdir observed");
    assert.equal(project.results("observed").length, 2);
    assert.deepEqual(flags.slice(1), ["--allow-write=observed,out.txt", "--allow-run"]);
    const pieces = piecesOf(flags);
    assert.ok(pieces.some(([flag, value]) => flag === "--allow-read" && value === "in.txt"));
    // Each run has its own jugdir. Otherwise the tasks that were not refused would already be finished.
    const run = async (jugdir: string, kept: readonly [flag: string, value: string][]) => {
      const permissions = joined(kept).map((flag) => flag.replace("observed", jugdir));
      return (await project.jug(`execute tasks.ts --jugdir ${jugdir}`, { permissions })).code;
    };
    for (const [index, left] of pieces.entries()) {
      if (!["in.txt", "out.txt", ""].includes(left[1])) continue;
      const code = await run(`without${index}`, pieces.filter((piece) => piece !== left));
      assert.equal(code, 1, `it works without ${left.join("=")}`);
    }
    assert.equal(await run("again", pieces), 0);
  });
});

Deno.test("--observe runs execute with the given options", async () => {
  const tasks = `import { TaskGenerator } from "jug";\n` +
    `TaskGenerator(function left() { Deno.readTextFileSync("left.txt"); })();\n` +
    `TaskGenerator(function right() { return Deno.readTextFileSync("right.txt"); }, { resources: { gpu: 1 } })();\n`;
  await withProject({ "tasks.ts": tasks, "right.txt": "x" }, async (project) => {
    const flags = await printedFlags(project, "tasks.ts --observe --target right --provides gpu=1 --isolate");
    assert.deepEqual(project.results("tasks.jugdata").map(({ name }) => name), ["tasks.right"]);
    // Without --pass-on, --isolate passes on the folder.
    assert.deepEqual(flags.slice(1), ["--allow-write=tasks.jugdata", `--allow-run=${Deno.execPath()}`]);
    assert.deepEqual(piecesOf(flags)[0], ["--allow-read", "."]);
  });
});

Deno.test("--observe reports a failed task, since more permissions may be needed", async () => {
  const failing = `import { TaskGenerator } from "jug";\nTaskGenerator(function bad() { throw new Error("no"); })();\n`;
  await withProject({ "failing.ts": failing }, async ({ jug }) => {
    const { code, stdout, stderr } = await jug("permissions failing.ts --observe");
    assert.equal(code, 1);
    assert.match(stdout, /^--allow-read=.* --allow-write=failing\.jugdata\n$/);
    assert.match(stderr, /^jug: not all tasks ran/m);
  });
});

Deno.test("a jugfile that cannot be loaded and an unknown subcommand are refused", async () => {
  await withProject({ "broken.ts": "export const = 1;\n" }, async ({ jug }) => {
    const broken = await jug("permissions broken.ts");
    assert.deepEqual([broken.code, broken.stdout], [3, ""]);
    assert.match(broken.stderr, /broken\.ts could not be loaded/);
    const none = await jug("permissions broken.ts nonsense");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^jug: 'nonsense' is not a subcommand that works on .*\n {2}Give one of execute, status/);
  });
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "squares.ts status --observe":
    /^jug: option '--observe' cannot be used with status\n {2}Leave it out: only options of execute/,
  "squares.ts status --isolate":
    /^jug: option '--isolate' cannot be used with status\n {2}Leave it out: only options of execute/,
  "squares.ts count --workers 2": /^jug: option '--workers' cannot be used with count\n/,
  "squares.ts --workers many": /^jug: option '--workers' cannot be "many"\n/,
  "squares.ts --isolate --inspect": /^jug: option '--isolate' cannot be used with option '--inspect'\n/,
  "squares.ts --isolate --jugdir memory:": /^jug: --isolate cannot be used with memory:/,
  "squares.ts copy": /^jug: 'copy' is not a subcommand that .*\n {2}Write `jug permissions copy FROM TO`\n$/,
  "squares.ts status more":
    /^jug: unexpected word 'more' after the subcommand\n {2}Write arguments of the jugfile after --/,
  "copy one": /^jug: jug copy takes two jugdirs\n/,
  "copy one two --jugdir three": /^jug: option '--jugdir' cannot be used with copy\n {2}Write `jug permissions copy/,
  "demo one --debug": /^jug: option '--debug' cannot be used with demo\n/,
  "demo one two": /^jug: too many words follow demo\n {2}Write `jug permissions demo FOLDER`\n$/,
};

Deno.test("options and words that fit no run are refused, with a remedy", async () => {
  await withProject(SQUARES, async ({ jug, names }) => {
    for (const [words, message] of Object.entries(REFUSED)) {
      const { code, stdout, stderr } = await jug(`permissions ${words}`);
      assert.deepEqual([code, stdout], [2, ""], words);
      assert.match(stderr, message);
    }
    assert.deepEqual(names("."), ["least.ts", "squares.ts"]);
  });
});

Deno.test("flagsFor() names each path once, only the outermost ones, and as short as possible", () => {
  const read = (...paths: string[]) => flagsFor(paths.map((value) => ({ kind: "read", value })), "/work");
  assert.deepEqual(read("/work/a.ts", "a.ts", "/work/data/x", "data", "/lib/m.ts"), [
    "--allow-read=/lib/m.ts,a.ts,data",
  ]);
  assert.deepEqual(read("/work", "/work/a.ts"), ["--allow-read=."]);
  assert.deepEqual(read("two words.ts"), ['"--allow-read=two words.ts"']);
  assert.deepEqual(read("a,b/c.ts"), ["--allow-read=."]);
  assert.deepEqual(read(...Array.from({ length: 11 }, (_, index) => `out/${index}`)), ["--allow-read=out"]);
});

Deno.test("flagsFor() grants a whole kind if a need has no value, and omits what Deno grants by default", () => {
  assert.deepEqual(flagsFor([{ kind: "env", value: "HOME" }, { kind: "env", value: undefined }], "/"), ["--allow-env"]);
  assert.deepEqual(flagsFor([{ kind: "import", value: "esm.sh:443" }], "/"), []);
  const both = [{ kind: "import", value: "esm.sh:443" }, { kind: "import", value: "example.org:443" }] as const;
  assert.deepEqual(flagsFor(both, "/"), ["--allow-import=esm.sh:443,example.org:443"]);
});

Deno.test("an encrypted connection to Redis needs read access to its certificates", () => {
  const needs = jugdirNeeds("rediss://db.example?ca=ca.pem&cert=me.pem&key=me.key", "read");
  assert.deepEqual(flagsFor(needs, "/"), ["--allow-read=ca.pem,me.key,me.pem", "--allow-net=db.example:6379"]);
});

Deno.test("each host in a Redis address needs net access", () => {
  const needs = jugdirNeeds("redis+sentinel://one.example,two.example:2/tasks", "write");
  assert.deepEqual(flagsFor(needs, "/"), ["--allow-net=one.example:26379,two.example:2"]);
});

Deno.test("a missing permission is reported in one line with a remedy, in a compiled program too", () => {
  const line = (message: string, place?: string) => missingPermission(message, place, () => undefined);
  assert.equal(
    line('Requires env access to "HOME", run again with the --allow-env flag'),
    'Deno refuses env access to "HOME": add the flag --allow-env=HOME',
  );
  assert.equal(
    line('Requires write access to "/a/d/format", run again with the --allow-write flag', "my d"),
    'Deno refuses write access to "my d": add the flag "--allow-write=my d"',
  );
  assert.equal(
    line("Requires read access to <CWD>, run again with the --allow-read flag"),
    "Deno refuses read access to <CWD>: add the flag --allow-read",
  );
  assert.equal(
    line('Requires all access to "/proc/1", run again with the --allow-all flag'),
    'Deno refuses all access to "/proc/1": add the flag -A',
  );
  assert.equal(
    line(
      'Requires net access to "h:1", specify the required permissions during compilation using `deno compile --allow-net`',
    ),
    'this program was compiled without net access to "h:1": use one compiled with --allow-net=h:1',
  );
  assert.equal(
    line('Requires sys access to "inspector", run again with the --allow-sys flag'),
    'Deno refuses sys access to "inspector": add the flag --allow-sys',
  );
  const sets = (message: string) =>
    missingPermission(message, undefined, () => ({ file: "deno.json", names: ["default", "jug"] }));
  assert.equal(
    sets('Requires net access to "h:1", run again with the --allow-net flag'),
    'Deno refuses net access to "h:1": add "h:1" to "net" in the permissions "default" or "jug" of deno.json',
  );
  assert.equal(
    sets("Requires read access to <CWD>, run again with the --allow-read flag"),
    'Deno refuses read access to <CWD>: write "read": true into the permissions "default" or "jug" of deno.json',
  );
  const own = fileURLToPath(new URL("../../../engine/worker/worker_thread.ts", import.meta.url));
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  assert.equal(
    line(`Requires read access to "${own}", run again with the --allow-read flag`),
    `Deno refuses read access to "${root}": add the flag --allow-read=${root}`,
  );
  assert.equal(line("the disk is full"), undefined);
});

Deno.test({
  name: "on a terminal too, there is no permission prompt: jug runs without the optional permissions",
  ignore: !hasTmux,
  fn: () =>
    withProject(SQUARES, async (project) => {
      const flags = await printedFlags(project, "squares.ts execute");
      const cli = fileURLToPath(new URL("../../../cli.ts", import.meta.url));
      const command = [Deno.execPath(), "run", ...flags, cli, "execute", "squares.ts"];
      await withTerminal(command, { cwd: project.folder }, async (terminal) => {
        await terminal.ended();
        const screen = await terminal.screen();
        assert.match(screen, /^Total: +3 +0\b/m);
        assert.doesNotMatch(screen, /requests|Allow\?/);
      });
    }),
});
