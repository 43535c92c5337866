import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { isAlive } from "../../support/alive.ts";
import { hasOldVersion, type OldVersion, unpackOldVersion } from "../../support/old_version.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import { runJug, type RunResult } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const SOURCE = (library: string) =>
  `import { args, TaskGenerator } from ${JSON.stringify(library)};
const square = TaskGenerator(function square(n: number) { return { n, square: new Map([[n, n * n]]) }; });
const large = TaskGenerator(function large(n: number) { return new Float64Array(200_000).fill(n); });
const bad = TaskGenerator(function bad(n: number): number { throw new RangeError("bad " + n); });
const wait = TaskGenerator(async function wait(file: string) {
  Deno.writeTextFileSync(file + ".awaited", "");
  for (;;) {
    try { return Deno.readTextFileSync(file); } catch { await new Promise((done) => setTimeout(done, 20)); }
  }
});
export const squares = [1, 2, 3].map(square);
export const filled = large(7);
if (args.includes("bad")) bad(1);
if (args.includes("wait")) wait("go");
`;

/** Both versions, each in a folder of its own with the same jugfile. The jugdir is beside these folders. */
interface Both {
  readonly old: OldVersion;
  readonly oldFolder: string;
  readonly newFolder: string;
  readonly jugdir: string;
  /** Runs the old version. */
  runOld(words: string): Promise<RunResult>;
  /** Runs this version. */
  runNew(words: string): Promise<RunResult>;
}

function test(title: string, body: (both: Both) => Promise<void>, isPossible = true): void {
  Deno.test({
    name: `the version before: ${title}`,
    ignore: Deno.build.os === "windows" || !isPossible || !hasOldVersion(),
    fn: () =>
      withTempDir(async (folder) => {
        const old = await unpackOldVersion(`${folder}/version`);
        const [oldFolder, newFolder] = [`${folder}/old`, `${folder}/new`];
        for (const [place, library] of [[oldFolder, old.library], [newFolder, "jug"]] as const) {
          Deno.mkdirSync(place);
          Deno.writeTextFileSync(`${place}/work.ts`, SOURCE(library));
        }
        const runOld = (words: string) => old.jug(words, oldFolder);
        const runNew = (words: string) => runJug(words.split(" "), { cwd: newFolder });
        await body({ old, oldFolder, newFolder, jugdir: `${folder}/jugdir`, runOld, runNew });
      }),
  });
}

/** Returns the content of every file in a folder, by path. */
function contentOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [inner, text] of contentOf(path)) found.set(inner, text); }
    else found.set(path, new TextDecoder("latin1").decode(Deno.readFileSync(path)));
  }
  return found;
}

test("its jugdir is refused with the remedy, converted by one command, and nothing runs again", async (both) => {
  const { jugdir, runOld, runNew } = both;
  assert.equal((await runOld(`execute work.ts --jugdir ${jugdir} --keep-going --keep-failed bad`)).code, 1);
  assert.equal((await runOld(`pack work.ts --jugdir ${jugdir}`)).code, 0);
  const before = contentOf(jugdir);
  for (const command of ["status", "execute", "value", "invalidate --target square"]) {
    const [word, ...rest] = command.split(" ");
    const words = [word, "work.ts", ...word === "value" ? ["squares"] : [], ...rest, "--jugdir", jugdir].join(" ");
    const { code, stderr } = await runNew(words);
    assert.notEqual(code, 0, words);
    assert.match(stderr, /format 1/, words);
    assert.match(stderr, /jug upgrade --jugdir/, words);
  }
  assert.deepEqual(contentOf(jugdir), before);

  const converted = await runNew(`upgrade --jugdir ${jugdir}`);
  assert.deepEqual([converted.code, converted.stdout], [0, "Converted 4 results and 1 failures\n"], converted.stderr);
  assert.match((await runNew(`failures work.ts --jugdir ${jugdir} bad`)).stdout, /RangeError: bad 1/);
  const { code, stdout, stderr } = await runNew(`value work.ts squares 1 --jugdir ${jugdir}`);
  assert.deepEqual([code, stdout.trim()], [0, "{ n: 2, square: Map(1) { 2 => 4 } }"], stderr);
  assert.match((await runNew(`value work.ts filled 3 --jugdir ${jugdir}`)).stdout, /^7$/m);
  const again = await runNew(`execute work.ts --jugdir ${jugdir}`);
  assert.deepEqual([again.code, /Executed/.test(again.stdout)], [0, true], again.stderr);
  assert.match(again.stdout, /^Total: +0 +4\b/m);
});

test("it refuses a jugdir of this version, and leaves it unchanged", async ({ jugdir, runOld, runNew }) => {
  assert.equal((await runNew(`execute work.ts --jugdir ${jugdir}`)).code, 0);
  const before = contentOf(jugdir);
  for (const command of ["execute", "status", "invalidate", "cleanup", "pack"]) {
    const target = command === "invalidate" ? " --target square" : "";
    const { code, stderr } = await runOld(`${command} work.ts${target} --jugdir ${jugdir}`);
    assert.notEqual(code, 0, command);
    assert.match(stderr, /format 2/, command);
  }
  assert.deepEqual(contentOf(jugdir), before);
});

test("while it works on a jugdir, even stopped, the conversion is refused and names it", async (both) => {
  const { old, oldFolder, jugdir, runNew } = both;
  await using child = old.start(`execute work.ts --jugdir ${jugdir} wait`, oldFolder);
  const output = child.output();
  while (!existsSync(`${oldFolder}/go.awaited`)) {
    assert.ok(isAlive(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const signal of ["SIGCONT", "SIGSTOP"] as const) {
    child.kill(signal);
    const { code, stderr } = await runNew(`upgrade --jugdir ${jugdir}`);
    assert.equal(code, 1, signal);
    assert.match(stderr, new RegExp(`is in use by .*process ${child.pid}`), signal);
  }
  child.kill("SIGCONT");
  Deno.writeTextFileSync(`${oldFolder}/go`, "went");
  assert.equal((await output).code, 0);
  const converted = await runNew(`upgrade --jugdir ${jugdir}`);
  assert.deepEqual([converted.code, converted.stdout], [0, "Converted 5 results and 0 failures\n"], converted.stderr);
  assert.match((await runNew(`execute work.ts --jugdir ${jugdir} wait`)).stdout, /^Total: +0 +5\b/m);
});

/** Stores results in the old version, converts the store, and reads them. */
async function convertStore({ runOld, runNew }: Both, address: string): Promise<void> {
  assert.equal((await runOld(`execute work.ts --jugdir ${address} --keep-going --keep-failed bad`)).code, 1);
  for (const command of ["status work.ts", "execute work.ts", "value work.ts squares"]) {
    const { code, stderr } = await runNew(`${command} --jugdir ${address}`);
    assert.notEqual(code, 0, command);
    assert.match(stderr, /jug upgrade --jugdir/, command);
  }
  const converted = await runNew(`upgrade --jugdir ${address}`);
  assert.deepEqual([converted.code, converted.stdout], [0, "Converted 4 results and 1 failures\n"], converted.stderr);
  assert.match((await runNew(`failures work.ts --jugdir ${address} bad`)).stdout, /RangeError: bad 1/);
  assert.match((await runNew(`value work.ts squares 1 --jugdir ${address}`)).stdout, /Map\(1\) \{ 2 => 4 \}/);
  assert.match((await runNew(`execute work.ts --jugdir ${address}`)).stdout, /^Total: +0 +4\b/m);
  const { code, stderr } = await runOld(`status work.ts --jugdir ${address}`);
  assert.notEqual(code, 0);
  assert.match(stderr, /format/);
}

test("a database of it is converted", (both) => convertStore(both, `sqlite:${both.jugdir}.jugdb`));

test("what it stored on a Redis server is converted", async (both) => {
  await using server = await startRedis();
  await convertStore(both, `${server.address}?prefix=work`);
}, hasRedis);
