import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { encodeFrame, FrameReader } from "../../engine/messages/frames.ts";
import { isAlive } from "../support/alive.ts";
import { NOTHING } from "../support/campaign/left_behind.ts";
import { until } from "../support/file/file_processes.ts";
import { type Project, withProject } from "../support/project.ts";
import type { RunningJug } from "../support/run_jug.ts";

const HEAD = `import { TaskGenerator } from "jug";
const twice = TaskGenerator(function twice(n) { return 2 * n; });
`;

const GREEDY = `${HEAD}
const greedy = TaskGenerator(function greedy() {
  console.log("eating");
  const all = [];
  for (;;) all.push(new Array(100_000).fill(Math.random()));
});
greedy();
export const doubled = [1, 2, 3, 4, 5, 6].map(twice);
`;

/** Returns the child processes of a process, read from /proc. */
function childrenOf(pid: number): number[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter((word) => word !== "").map(
      Number,
    );
  } catch {
    return []; // the process has ended
  }
}

/** Waits until the task of spin.js is claimed, and returns the processes that jug has started. */
function processesOf(jug: RunningJug, { locks }: Project): Promise<number[]> {
  return until("a lock", async () => {
    const found = (await locks("spin.jugdata")).length > 0 ? childrenOf(jug.pid) : [];
    return found.length > 0 ? found : undefined;
  });
}

const hasProc = Deno.build.os === "linux";
const LIBRARY = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

Deno.test("--isolate: a task that uses up all memory fails alone, and its output is kept", async () => {
  await withProject({ "greedy.js": GREEDY }, async (project) => {
    const { code, stdout, stderr } = await project.jug("execute greedy.js --isolate --memory-limit 64 --keep-going");
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^greedy\.twice +6 +0\b/m);
    assert.match(
      stderr,
      /greedy\.greedy\(\) failed\n {2}Error: its worker process ran out of memory \(--memory-limit 64\)/,
    );
    assert.doesNotMatch(stderr, /Last few GCs|stack trace/);
    assert.match((await project.jug("log greedy.js greedy")).stdout, /^eating$/m);
    assert.deepEqual(await project.leftovers("greedy.jugdata"), NOTHING);
  });
});

Deno.test("--isolate: if a process that runs several tasks dies, they run again one by one, and one fails", async () => {
  const source = `${HEAD}
const wait = TaskGenerator(async function wait(n) {
  // Whatever their order: the others cannot end before the one that takes all.
  await new Promise((resolve) => setTimeout(resolve, n === 2 ? 300 : 500));
  if (n === 2) for (const all = [];;) all.push(new Array(100_000).fill(n));
  return n;
});
export const waited = [0, 1, 2, 3].map(wait);
`;
  await withProject({ "several.js": source }, async (project) => {
    const words = "execute several.js --isolate --memory-limit 64 --concurrency 4 --keep-going";
    const { code, stdout, stderr } = await project.jug(words);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /they run again, one by one/);
    assert.match(stderr, /several\.wait\(2\) failed/);
    assert.match(stdout, /^several\.wait +3 +0\b/m);
  });
});

Deno.test("--isolate: the processes share resources and the task limit", async () => {
  const source = `${HEAD}
import { args } from "jug";
const use = TaskGenerator(async function use(n) {
  const own = "using";
  Deno.openSync(own, { createNew: true, write: true }).close(); // fails if another uses it now
  await new Promise((resolve) => setTimeout(resolve, 30));
  Deno.removeSync(own);
  return n;
}, { resources: { tool: 1 } });
export const used = [1, 2, 3, 4, 5, 6].map(use);
export const doubled = Array.from({ length: Number(args[0] ?? 0) }, (_, n) => twice(n));
`;
  await withProject({ "share.js": source }, async (project) => {
    const run = await project.jug("execute share.js --isolate --workers 3 --provides tool=1");
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^share\.use +6 +0\b/m);
    const limited = await project.jug("execute share.js 40 --isolate --workers 3 --provides tool=1", {
      env: { JUG_MAX_TASKS: "7" },
    });
    assert.equal(limited.code, 0, limited.stderr);
    assert.match(limited.stdout, /^share\.twice +7 +0\b/m);
  });
});

Deno.test({
  name: "--isolate: SIGTERM leaves no process, no lock and no registration",
  ignore: !hasProc,
  fn: () =>
    withProject({ "spin.js": `${HEAD}TaskGenerator(function spin(n) { for (;;); })(1);\n` }, async (project) => {
      const jug = project.startJug("execute spin.js --isolate --grace 1s");
      const processes = await processesOf(jug, project);
      jug.kill("SIGTERM");
      const { code, stderr } = await jug.result;
      assert.equal(code, 75, stderr);
      assert.match(stderr, /^jug: ended by SIGTERM$/m);
      assert.deepEqual(await project.leftovers("spin.jugdata"), NOTHING);
      await until("its processes to end", () => Promise.resolve(!processes.some(isAlive) || undefined));
    }),
});

Deno.test({
  name: "--isolate: the processes end by themselves when jug is killed, even during a task that never returns",
  ignore: !hasProc,
  fn: () =>
    withProject({ "spin.js": `${HEAD}TaskGenerator(function spin(n) { for (;;); })(1);\n` }, async (project) => {
      const jug = project.startJug("execute spin.js --isolate");
      const processes = await processesOf(jug, project);
      jug.kill("SIGKILL");
      await jug.result;
      await until("its processes to end", () => Promise.resolve(!processes.some(isAlive) || undefined));
    }),
});

Deno.test("--isolate without permission to start processes is refused, and the message names the flag", async () => {
  await withProject({ "greedy.js": GREEDY }, async (project) => {
    const permissions = ["--allow-read", "--allow-write=greedy.jugdata"];
    const { code, stderr } = await project.jug("execute greedy.js --isolate", { permissions });
    assert.equal(code, 2);
    assert.match(stderr, /^jug: --isolate starts a process .*\n {2}Add the flag "?--allow-run=/);
    const memory = await project.jug("execute greedy.js --isolate --jugdir memory:");
    assert.equal(memory.code, 2);
    assert.match(memory.stderr, /its results live in one process/);
  });
});

Deno.test("--isolate passes on the given permissions and no others", async () => {
  const source = `${HEAD}
const kinds = ["read", "write", "net", "env", "sys", "run", "ffi"];
export const may = TaskGenerator(function may(_) {
  return {
    all: kinds.filter((name) => Deno.permissions.querySync({ name }).state === "granted"),
    data: Deno.permissions.querySync({ name: "read", path: "/etc/hostname" }).state,
    host: Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state,
    imports: Deno.permissions.querySync({ name: "import", host: "jsr.io:443" }).state,
  };
})(Deno.pid);
`;
  const program = Deno.execPath();
  await withProject({ "may.js": source }, async (project) => {
    const mayOf = async (words: string, ...permissions: string[]) => {
      const run = await project.jug(`execute may.js --isolate ${words}`, { permissions });
      assert.equal(run.code, 0, run.stderr);
      const value = project.results("may.jugdata")[0]?.value;
      Deno.removeSync(`${project.folder}/may.jugdata`, { recursive: true });
      return { ...Object(value), stderr: run.stderr };
    };
    const all = await mayOf("", "-A");
    assert.deepEqual(all.all, ["read", "write", "net", "env", "sys", "run", "ffi"]);
    assert.doesNotMatch(all.stderr, /can prove/);

    const narrow = [
      `--allow-run=${program}`,
      `--allow-read=.,${LIBRARY},/etc/hostname`,
      "--allow-write=may.jugdata",
      "--allow-sys=hostname",
      "--allow-import=example.org",
    ];
    const some = await mayOf("", ...narrow);
    assert.deepEqual([some.all, some.host, some.data, some.imports], [[], "granted", "prompt", "denied"]);
    assert.match(some.stderr, /^--isolate: workers get the permissions that jug can prove/m);

    const more = await mayOf("--pass-on read=/etc/hostname", ...narrow);
    assert.deepEqual([more.all, more.data], [[], "granted"]);

    const { code, stderr } = await project.jug("execute may.js --isolate --pass-on net=example.org", {
      permissions: narrow,
    });
    assert.equal(code, 2);
    assert.match(stderr, /--pass-on names a permission that this process does not have: net example\.org/);

    const denied = ["--deny-write=may.jugdata/tmp", "--allow-write", "--allow-read", `--allow-run=${program}`];
    const refused = await project.jug("execute may.js --isolate", { permissions: denied });
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /cannot pass write access to "may\.jugdata" on to its processes: a part of it is denied/,
    );
  });
});

Deno.test("messages are distinguished from other output in the stream, wherever the stream is split", () => {
  const message = { kind: "note", text: "é", map: new Map([[1, new Uint8Array([1, 2])]]) };
  const stream = [
    ...new TextEncoder().encode("a line\nhalf a l\u{1e}né"),
    ...encodeFrame(message, "mark"),
    ...new TextEncoder().encode("ine\n"),
  ];
  for (const size of [1, 7, 1000]) {
    const found: unknown[] = [];
    let rest = "";
    const reader = new FrameReader("mark", (message) => found.push(message), (text) => rest += text);
    for (let at = 0; at < stream.length; at += size) reader.push(Uint8Array.from(stream.slice(at, at + size)));
    assert.deepEqual(found, [message]);
    assert.equal(rest, "a line\nhalf a l\u{1e}néine\n");
  }
});
