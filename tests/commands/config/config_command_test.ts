import assert from "node:assert/strict";
import { withProject } from "../../support/project.ts";

/** Returns what `execute` says without how long it took. */
function withoutTime(stderr: string): string {
  return stderr.replace(/^the run took .*\n/m, "");
}

const JUGFILE = `import { TaskGenerator } from "jug";
const square = TaskGenerator(function square(n: number) { return n * n; });
export const squares = [1, 2, 3].map((n) => square(n));
`;

/** A project in a folder below the root of a repository. */
const FILES = {
  "squares.ts": JUGFILE,
  "jug.jsonc": `{\n  // shared by all\n  "jugdir": "results",\n  "execute": { "lease": 40, "memory-limit": 100 },\n}\n`,
};

/** The flags of a process that may do nothing but what its task is. */
function parsePermissions(stdout: string): string[] {
  return stdout.trim().split(" ");
}

Deno.test("`jug config` shows each setting with its origin, and the places that were looked at", async () => {
  await withProject(FILES, async ({ folder, jug }) => {
    Deno.mkdirSync(`${folder}/.git`);
    const env = { JUG_MAX_TASKS: "2" };
    const { stdout, code } = await jug("config squares.ts execute -- --workers 3", { env });
    assert.equal(code, 0);
    const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
    const path = `${Deno.realPathSync(folder)}/jug.jsonc`;
    const row = (name: string) => lines.find(([first]) => first === name)?.slice(1);
    assert.deepEqual(row("execute.workers"), ["3", "command line"]);
    assert.deepEqual(row("execute.jugdir"), ['"results"', `${path}: jugdir`]);
    assert.deepEqual(row("execute.lease"), ["40", `${path}: execute.lease`]);
    assert.deepEqual(row("execute.concurrency"), ["1", "default"]);
    assert.deepEqual(row("execute.target"), ["not set", "default"]);
    const why = "is left out, since it has an effect only with --isolate";
    assert.deepEqual(row("execute.memory-limit"), ["not set", `${path}: execute.memory-limit ${why}`]);
    assert.deepEqual(row("JUG_MAX_TASKS"), ['"2"', "environment variable"]);
    assert.deepEqual(row(path), ["used"]);
    assert.deepEqual(row(Deno.realPathSync(folder)), ["no jug.json, deno.json, deno.jsonc"]);
    assert.deepEqual(row("/nonexistent/jug"), ["no jug.json, jug.jsonc"]);
  });
});

Deno.test("`jug config` joins what all subcommands have in common; --json lists all", async () => {
  await withProject(FILES, async ({ folder, jug }) => {
    Deno.mkdirSync(`${folder}/.git`);
    const { stdout } = await jug("config squares.ts");
    assert.match(stdout, /^jugdir +"results" +\S+\/jug\.jsonc: jugdir$/m);
    assert.match(stdout, /^status\.short +false +default$/m);
    assert.match((await jug("config squares.ts --jugdir x")).stdout, /^jugdir +"x" +command line$/m);
    const found = JSON.parse((await jug("config squares.ts --json")).stdout);
    const jugdirs = found.settings.filter(({ name }: { name: string }) => name === "jugdir");
    assert.ok(jugdirs.length > 10);
    assert.deepEqual(jugdirs[0].origin, {
      kind: "file",
      file: `${Deno.realPathSync(folder)}/jug.jsonc`,
      key: "jugdir",
    });
    const state = (end: string) => found.files.find(({ path }: { path: string }) => path.endsWith(end))?.state;
    assert.deepEqual([state("/jug.jsonc"), state("/jug.json"), found.variables], ["used", "absent", []]);
  });
});

Deno.test("`jug config` shows no password", async () => {
  const content = JSON.stringify({
    jugdir: "redis://user:secr3t@h:1/0?prefix=p",
    status: { jugdir: "module:./x.ts#secr3t" },
  });
  await withProject({ "jug.json": content }, async ({ jug }) => {
    for (const words of ["config", "config --json"]) {
      const { stdout } = await jug(words);
      assert.match(stdout, /redis:\/\/…@h:1/);
      assert.doesNotMatch(stdout, /secr3t/);
    }
  });
});

Deno.test("`jug config` refuses what is no subcommand, and options without one", async () => {
  await withProject({}, async ({ jug }) => {
    assert.match(
      (await jug("config frobnicate")).stderr,
      /^jug: 'frobnicate' is not a subcommand with settings\n {2}Give one of execute, /,
    );
    assert.match((await jug("config -- --workers 3")).stderr, /^jug: options follow --, but no subcommand/);
    const { code, stderr } = await jug("config execute -- --worker 3");
    assert.deepEqual([code, stderr], [2, "jug: unknown option '--worker'\n  Did you mean --workers?\n"]);
  });
});

Deno.test("`jug config --schema` prints a schema, even if a file is wrong", async () => {
  await withProject({ "jug.json": `{ "workers": 2 }` }, async ({ jug }) => {
    const { stdout } = await jug("config --schema");
    assert.equal(JSON.parse(stdout).title, "Settings of jug");
  });
});

Deno.test("commands use the settings, and the flags that `jug permissions` prints suffice to find them", async () => {
  await withProject(FILES, async ({ folder, jug, names, results }) => {
    Deno.mkdirSync(`${folder}/.git`);
    Deno.mkdirSync(`${folder}/user/jug`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/user/jug/jug.json`, `{ "execute": { "concurrency": 2 } }`);
    const env = { XDG_CONFIG_HOME: `${folder}/user` };
    const printed = await jug("permissions squares.ts", { env });
    assert.equal(printed.code, 0, printed.stderr);
    const permissions = parsePermissions(printed.stdout);
    assert.match(printed.stdout, /--allow-read=\S*,jug\.jsonc,results,squares\.ts,user\/jug\/jug\.json(,| )/);
    assert.match(printed.stdout, / --allow-env=XDG_CONFIG_HOME\b/);
    const run = await jug("execute squares.ts", { env, permissions });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(withoutTime(run.stderr), "");
    assert.deepEqual([results("results").length, names("squares.jugdata")], [3, []]);
    const shown = (await jug("config squares.ts execute", { env, permissions })).stdout;
    assert.match(shown, /^execute\.lease +40 /m);
    assert.match(shown, /^execute\.concurrency +2 /m);
  });
});

Deno.test("where Deno does not allow reading, no file is looked for, and debug and `jug config` say where", async () => {
  await withProject(FILES, async ({ folder, jug, results }) => {
    Deno.mkdirSync(`${folder}/.git`);
    Deno.mkdirSync(`${folder}/a`);
    Deno.renameSync(`${folder}/squares.ts`, `${folder}/a/squares.ts`);
    const permissions = ["--allow-read=a,squares.jugdata", "--allow-write=a"];
    const flags = (await jug("permissions a/squares.ts --no-config")).stdout.trim().split(" ");
    const run = await jug("execute a/squares.ts --verbose debug", { permissions: [...flags, "--allow-read=a"] });
    assert.equal(run.code, 0, run.stderr);
    const real = Deno.realPathSync(folder);
    assert.match(run.stderr, /^no settings were looked for where Deno does not allow reading: /m);
    assert.ok(run.stderr.includes(`${real}, `), run.stderr);
    assert.equal(results("a/squares.jugdata").length, 3, "the default jugdir, since the file may not be read");
    const { stdout } = await jug("config a/squares.ts", { permissions });
    assert.match(stdout, new RegExp(`^${real} +not looked at: Deno does not allow reading it`, "m"));
    assert.match(stdout, new RegExp(`^${real}/a +no jug\\.json, jug\\.jsonc, deno\\.json, deno\\.jsonc$`, "m"));
  });
});

Deno.test("a run whose lasting settings differ from those of the last run that ran tasks says so", async () => {
  // The argument is how many tasks there are, so that each run has something to do.
  const growing = JUGFILE.replace("[1, 2, 3]", "[...Array(Number(args[0])).keys()]").replace("{ Task", "{ args, Task");
  for (const jugdir of ["growing.jugdata", "sqlite:growing.jugdb"]) {
    await withProject({ "growing.ts": growing }, async ({ jug, write }) => {
      const run = async (words: string) =>
        withoutTime((await jug(`execute growing.ts ${words} --jugdir ${jugdir}`)).stderr);
      assert.equal(await run("1 --lease 20 --workers 2"), "");
      assert.equal(await run("2 --lease 20"), "", "the number of workers does not last");
      write("jug.json", `{ "execute": { "durable": true } }`);
      assert.match(
        await run("3"),
        /^settings differ from those of the last run in this jugdir, at [\dT:.Z-]+: --lease was 20, is 30, --durable was off, is on\n$/,
      );
      assert.equal(await run("4"), "");
      assert.equal(await run("5 -q --no-durable"), "");
    });
  }
});

Deno.test("a run whose jugdir a file has moved says where the results of earlier runs are", async () => {
  await withProject({ "squares.ts": JUGFILE }, async ({ folder, jug, write }) => {
    assert.equal(withoutTime((await jug("execute squares.ts")).stderr), "");
    write("jug.json", `{ "jugdir": "elsewhere" }`);
    const { stderr } = await jug("execute squares.ts");
    const path = `${Deno.realPathSync(folder)}/jug.json`;
    assert.ok(
      stderr.startsWith(`results of earlier runs are in squares.jugdata, which is not used, since "jugdir" in ${path}`),
      stderr,
    );
    assert.equal(withoutTime((await jug("execute squares.ts")).stderr), "", "only the first run");
  });
});

Deno.test("scripts read no configuration", async () => {
  const script = JUGFILE + `import { execute } from "jug";\nawait execute();\n`;
  await withProject(
    { "squares.ts": script, "jug.json": `{ "jugdir": "elsewhere", "nonsense": 1 }` },
    async (project) => {
      const { code, stderr } = await project.script("squares.ts");
      assert.equal(code, 0, stderr);
      assert.deepEqual([project.results("squares.jugdata").length, project.names("elsewhere")], [3, []]);
    },
  );
});
