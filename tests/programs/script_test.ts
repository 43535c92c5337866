import assert from "node:assert/strict";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { recordsIn } from "../support/file/records.ts";
import { withProject } from "../support/project.ts";

const LIBRARY = new URL("../../mod.ts", import.meta.url).href;

const INC = `import { barrier, execute, getTasks, init, isJugRunning, setJugdir, TaskGenerator, value } from "jug";
const inc = TaskGenerator(function inc(n: number) { return n + 1; });
const message = (error: unknown) => error instanceof Error ? error.message : String(error);
`;

Deno.test("a script declares tasks and runs them itself; barrier() is refused if nothing runs the tasks", async () => {
  await withProject({
    "own.ts": `${INC}
const one = inc(1);
console.log(isJugRunning(), getTasks().map((task) => task.name));
await barrier().catch((error) => console.log(message(error)));
setJugdir("kept");
console.log(JSON.stringify(await execute()));
await barrier();
console.log(await value({ deep: [one] }));
const later = inc(5);
await barrier().catch((error) => console.log(message(error)));
console.log(JSON.stringify(await execute()), await value(later), await later.value());
console.log(await later.invalidate(), await later.canLoad(), await later.run());
`,
  }, async ({ script, names }) => {
    const { code, stdout, stderr } = await script("own.ts");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      `false [ "own.inc" ]`,
      "barrier() was called, but nothing runs the tasks it waits for",
      "  Run the script with \`jug execute\`, or \`await execute()\` before the barrier",
      `{"executed":1,"finished":1,"failures":[],"isComplete":true}`,
      "{ deep: [ 2 ] }",
      "barrier() waits for tasks that no worker runs",
      "  \`await execute()\` before the barrier",
      `{"executed":1,"finished":2,"failures":[],"isComplete":true} 6 6`,
      "1 false 6",
    ]);
    assert.deepEqual(names("."), ["kept", "own.ts"]);
    // The names of tasks are those that the command line would use, so a second run finds the results.
    assert.match((await script("own.ts")).stdout, /^\{"executed":0,"finished":1/m);
  });
});

Deno.test("execute() in a script reports failures and leaves dependents; the default jugdir has the script's name", async () => {
  await withProject({
    "fails.ts": `${INC}
const bad = TaskGenerator(function bad(n: number): number { throw new TypeError("no " + n); });
const dependent = inc(bad(1));
const { executed, isComplete, failures } = await execute({ keepGoing: true });
console.log(executed, isComplete, failures.map(({ name, args, error }) => [name, args, error.message]));
await value(dependent).catch((error) => console.log(message(error)));
`,
  }, async ({ folder, script, leftovers }) => {
    const { code, stdout, stderr } = await script("fails.ts");
    assert.equal(code, 0);
    assert.match(stderr, /^jug: fails\.bad\(1\) failed\n {2}TypeError: no 1\n {4}at bad \(.*fails\.ts:5:\d+\)/);
    assert.match(
      stdout,
      /^0 false \[ \[ "fails\.bad", "1", "no 1" \] \]\nfails\.inc \([0-9a-f]{8}\) has no result\n {2}Run/,
    );
    assert.equal(recordsIn(`${folder}/fails.jugdata`, "failure").length, 1);
    assert.deepEqual(await leftovers("fails.jugdata"), NOTHING);
  });
});

Deno.test("init() gives access to a jugfile's exports and tasks; it refuses an unfinished or already loaded jugfile", async () => {
  await withProject({
    "work.ts": `import { args, barrier, TaskGenerator, value } from "jug";
const inc = TaskGenerator(function inc(n: number) { return n + 1; });
export const one = inc(Number(args[0] ?? 1));
await barrier();
export const two = inc(await value(one));
`,
    "look.ts": `${INC}
const exports = await init("./work.ts", "work.jugdata", { args: ["1"] });
console.log(Object.keys(exports), await value(exports["two"]), getTasks().length);
for (const name of ["./work.ts", "./nope.ts"]) await init(name).catch((error) => console.log(message(error)));
`,
    "early.ts": `${INC}
await init("./work.ts", "empty").catch((error) => console.log(message(error)));
`,
  }, async ({ jug, script }) => {
    assert.equal((await jug("execute work.ts")).code, 0);
    const look = await script("look.ts");
    assert.deepEqual([look.code, look.stderr], [0, ""]);
    assert.match(
      look.stdout,
      /^\[ "one", "two" \] 3 2\ninit\(\) was called for \.\/work\.ts, which this process has already loaded/,
    );
    assert.match(look.stdout, /^no such jugfile: \.\/nope\.ts$/m);
    const early = await script("early.ts");
    assert.deepEqual([early.code, early.stderr], [0, ""]);
    assert.match(early.stdout, /^\.\/work\.ts waits at the barrier at .*work\.ts:4\n {2}Run/);
  });
});

Deno.test("after setJugdir() a script can load results and run tasks by hand, without execute()", async () => {
  await withProject({
    "hand.ts": `import { bvalue, execute, openBackend, setJugdir, TaskGenerator, value } from "jug";
const inc = TaskGenerator(function inc(n: number) { return n + 1; });
const [address = ""] = Deno.args;
setJugdir(address);
const two = inc(inc(1));
console.log(await inc(1).canLoad(), await value(two).catch(({ kind }) => kind), await bvalue(two).catch(({ kind }) => kind));
console.log(await inc(1).run(), await two.run(), await value([two]), await bvalue(two));
console.log((await execute()).executed, await two.invalidate(), await two.canLoad());
if (address !== "memory:") {
  const backend = await openBackend(address, { existing: true });
  let count = 0;
  for await (const hashes of backend.list()) count += hashes.length;
  console.log(count, "left");
  await backend.close();
}
`,
  }, async ({ script }) => {
    const shown = ["false missing missing", "2 3 [ 3 ] 3", "0 1 false"];
    for (const address of ["memory:", "folder", "sqlite:one.jugdb"]) {
      const { code, stdout, stderr } = await script("hand.ts", [address]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(stdout.trimEnd().split("\n"), address === "memory:" ? shown : [...shown, "1 left"]);
    }
    const { code, stderr } = await script("hand.ts", ["nosuch:x"]);
    assert.deepEqual([code, /no backend has the scheme nosuch:/.test(stderr)], [1, true], stderr);
  });
});

Deno.test("in a jugfile that jug runs, setJugdir() and execute() are refused, and isJugRunning() is true", async () => {
  await withProject({
    "both.ts": `${INC}
for (const call of [() => setJugdir("elsewhere"), () => execute()]) {
  try {
    await call();
  } catch (error) {
    console.log(message(error));
  }
}
if (!isJugRunning()) await execute();
export const one = inc(1);
`,
  }, async ({ jug, names }) => {
    const { code, stdout } = await jug("execute both.ts");
    assert.equal(code, 0);
    assert.match(stdout, /^setJugdir\(\) was called in a jugfile that jug runs\n/);
    assert.match(stdout, /^execute\(\) was called in a jugfile that jug already runs\n/m);
    assert.deepEqual(names("."), ["both.jugdata", "both.ts"]);
  });
});

Deno.test("a script keeps its lease during a synchronous task, so that no other process takes the task over", async () => {
  await withProject({
    "busy.ts": `import { execute, isJugRunning, TaskGenerator } from "jug";
const busy = TaskGenerator(function busy(ms: number) {
  const end = performance.now() + ms;
  Deno.writeTextFileSync("began", "");
  while (performance.now() < end);
  return ms;
});
busy(1500);
if (!isJugRunning()) console.log(JSON.stringify(await execute({ leaseMs: 300 })));
`,
  }, async ({ jug, script, names }) => {
    const first = script("busy.ts");
    while (!names(".").includes("began")) await new Promise((resolve) => setTimeout(resolve, 10));
    // Without permission to read its host name, this process can judge only by the lease.
    const other = await jug("execute busy.ts", { permissions: ["--allow-read", "--allow-write", "--deny-sys"] });
    assert.equal(other.code, 0);
    assert.match(other.stdout, /^busy\.busy +0 +1\b/m);
    assert.match((await first).stdout, /^\{"executed":1,/);
  });
});

Deno.test("execute() reports that changes cannot be watched, and continues", async () => {
  const memory = new URL("../../backends/memory.ts", import.meta.url).href;
  await withProject({
    // The first claim of each task finds it held by another owner, so the run has to wait.
    "deaf.ts": `import { memoryBackend } from ${JSON.stringify(memory)};
export function openBackend() {
  const backend = memoryBackend();
  const claimed = new Set();
  return {
    ...backend,
    claim: (hashes, claimant) => {
      if (hashes.every((hash) => claimed.has(hash))) return backend.claim(hashes, claimant);
      for (const hash of hashes) claimed.add(hash);
      return Promise.resolve(hashes.map(() => ({ kind: "held", owner: "other" })));
    },
    waitForChange: () => Promise.reject(new Error("nobody listens")),
  };
}
`,
    "own.ts": `${INC}
setJugdir("module:./deaf.ts");
inc(1);
console.log(JSON.stringify(await execute()));
`,
  }, async ({ script }) => {
    const { code, stdout, stderr } = await script("own.ts");
    assert.deepEqual([code, stdout], [0, `{"executed":1,"finished":1,"failures":[],"isComplete":true}\n`], stderr);
    assert.match(stderr, /^changes cannot be watched: nobody listens$/m);
  });
});

Deno.test('if "jug" is not in an import map, the error tells a script what to write into deno.json', () =>
  withProject({
    "inc.ts": `import { TaskGenerator } from "jug";\nTaskGenerator(function inc(n: number) { return n + 1; })(1);\n`,
    "look.ts": `import { init } from ${JSON.stringify(LIBRARY)};
await init("inc.ts").catch((error) => console.log(error.message));
`,
  }, async ({ folder, write }) => {
    const look = async (...config: string[]) => {
      const args = ["run", "-A", "--quiet", "--no-lock", ...config, "look.ts"];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: folder, stdin: "null" }).output();
      return new TextDecoder().decode(stdout);
    };
    const told = await look("--no-config");
    const config =
      /^ {2}Write (\{.*\}) into the deno\.json of the script's folder, or make a folder that has one with `jug init`/m
        .exec(told)?.[1];
    assert.ok(config !== undefined, told);
    write("deno.json", config);
    assert.equal(await look("--config", "deno.json"), "");
  }));
