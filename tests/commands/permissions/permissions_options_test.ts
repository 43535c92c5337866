import assert from "node:assert/strict";
import { executeNeeds } from "../../../commands/permissions/execute_needs.ts";
import { flagsFor } from "../../../commands/deno_flags/need.ts";
import type { Kind } from "../../../core/remedy/permission_kinds.ts";
import {
  checkCommand,
  checkNoneIsSpare,
  checkSuffices,
  type LeftOut,
  piecesOf,
  printedFlags,
  SQUARES,
} from "../../support/printed_flags.ts";
import { type Project, withProject } from "../../support/project.ts";
import { hasRedis, startRedis } from "../../support/redis/redis_server.ts";
import type { RunOptions, RunResult } from "../../support/run_jug.ts";

/** Checks the flags printed for `execute` with these options, and returns them. */
function checkExecute(project: Project, jugfileAndOptions: string, leftOut?: LeftOut): Promise<readonly string[]> {
  return checkCommand(project, `execute ${jugfileAndOptions}`, jugfileAndOptions, leftOut);
}

const leftOut: LeftOut = new Set();

/** Checks the flags printed for `execute --isolate` with this jugdir. */
function checkIsolated(jugdir: string): Promise<void> {
  return withProject(SQUARES, async (project) => {
    const flags = await checkExecute(project, `squares.ts --jugdir ${jugdir} --isolate --workers 2`, leftOut);
    const [, start] = piecesOf(flags).find(([flag]) => flag === "--allow-run") ?? [];
    assert.equal(start, Deno.execPath());
    assert.equal((await project.jug(`check squares.ts --jugdir ${jugdir}`)).code, 0);
  });
}

Deno.test("the printed flags are sufficient and necessary: --isolate, folder", () => checkIsolated("squares.jugdata"));

Deno.test("the printed flags are sufficient and necessary: --isolate, SQLite", () =>
  checkIsolated("sqlite:squares.jugdb"));

Deno.test({
  name: "the printed flags are sufficient and necessary: --isolate, Redis, also over its socket",
  ignore: !hasRedis,
  fn: async () => {
    await using server = await startRedis();
    await checkIsolated(server.address);
    await checkIsolated(`unix:${server.socket}?prefix=socket`);
  },
});

Deno.test("--isolate needs wider flags for variables and files elsewhere, unless --pass-on names them", async () => {
  const top = `import { TaskGenerator } from "jug";\n` +
    `const factor = Number(Deno.env.get("FACTOR") ?? 2) * Deno.readTextFileSync("factor.txt").length;\n` +
    `TaskGenerator(function scale(n: number) { return n * factor; })(1);\n`;
  await withProject({ "factor.txt": "x" }, async (project) => {
    Deno.mkdirSync(`${project.folder}/in`);
    project.write("in/top.ts", top);
    const said = await project.jug("permissions in/top.ts --isolate --jugdir wide");
    const passOn = /--pass-on "(.*)"/.exec(said.stderr)?.[1];
    assert.equal(passOn, "read=factor.txt env=FACTOR");
    const wide = await checkExecute(project, "in/top.ts --isolate --jugdir wide");
    assert.deepEqual(wide.filter((flag) => /env|run/.test(flag)), ["--allow-env", `--allow-run=${Deno.execPath()}`]);
    assert.ok(piecesOf(wide).some(([flag, value]) => flag === "--allow-read" && value === "."));

    // The test splits words at spaces; --pass-on also accepts a tab as separator.
    const narrow = await checkExecute(
      project,
      `in/top.ts --isolate --jugdir narrow --pass-on ${passOn.replace(" ", "\t")}`,
    );
    assert.ok(narrow.includes("--allow-env=FACTOR"), narrow.join(" "));
    const read = piecesOf(narrow).filter(([flag]) => flag === "--allow-read").map(([, value]) => value);
    assert.deepEqual(read.slice(1), ["factor.txt", "in/top.ts", "narrow"]);
  });
});

/** Runs jug to its end. If it waits for a debugger, connects as one and lets it continue. */
async function runDebugged({ startJug }: Project, words: string, options: RunOptions = {}): Promise<RunResult> {
  const run = startJug(words, options);
  const isWaiting = await run.saw("waiting for a debugger at ws://").then(() => true, () => false);
  if (!isWaiting) return await run.result;
  const socket = new WebSocket(/ws:\/\/\S+/.exec(run.written())?.[0] ?? "");
  socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.runIfWaitingForDebugger" }));
  const result = await run.result;
  socket.close();
  return result;
}

Deno.test("the printed flags are sufficient and necessary: --inspect, with a debugger", async () => {
  await withProject(SQUARES, async (project) => {
    const words = "squares.ts --inspect --inspect-port 0";
    const flags = await printedFlags(project, words);
    assert.deepEqual(flags.slice(2), ["--allow-net=127.0.0.1:0", "--allow-sys"]);
    assert.deepEqual(await printedFlags(project, "squares.ts execute --pdb --inspect-port 0"), flags);
    const debugged = { jug: (words: string, options?: RunOptions) => runDebugged(project, words, options) };
    await checkNoneIsSpare(debugged, `execute ${words}`, flags);
    await checkSuffices(debugged, `execute ${words}`, flags);
    assert.equal(project.results("squares.jugdata").length, 3);
    assert.ok((await printedFlags(project, "squares.ts --inspect")).includes("--allow-net=127.0.0.1:9229"));
  });
});

Deno.test("the printed flags are sufficient and necessary: --check", async () => {
  await withProject(SQUARES, async (project) => {
    const flags = await checkExecute(project, "squares.ts --check");
    assert.ok(flags.includes(`--allow-run=${Deno.execPath()}`), flags.join(" "));
  });
});

Deno.test("options of execute that need no permission change no flag, and the flags are sufficient", async () => {
  await withProject(SQUARES, async (project) => {
    const plain = await printedFlags(project, "squares.ts");
    const options = [
      "--debug",
      "--durable",
      "--workers 2 --concurrency 3 --provides gpu=1 --target square --lease 10 --cache-size 1 --no-check-environment",
    ];
    for (const words of options) {
      assert.deepEqual(await printedFlags(project, `squares.ts execute ${words}`), plain);
      await checkSuffices(project, `execute squares.ts ${words}`, plain);
      assert.equal(project.results("squares.jugdata").length, 3);
      Deno.removeSync(`${project.folder}/squares.jugdata`, { recursive: true });
    }
  });
});

Deno.test("the printed flags are sufficient and necessary: copy, from and to each backend", async () => {
  await using server = hasRedis ? await startRedis() : undefined;
  await withProject(SQUARES, async (project) => {
    assert.equal((await project.jug("execute squares.ts")).code, 0);
    const redis = server === undefined ? [] : [server.address, `unix:${server.socket}?prefix=other`];
    const stations = ["squares.jugdata", "sqlite:two.jugdb", ...redis, "memory:three.saved", "four.jugdata"];
    for (const [index, to] of stations.slice(1).entries()) {
      await checkCommand(project, `copy ${stations[index]} ${to}`);
    }
    assert.equal(project.results("four.jugdata").length, 3);
    assert.deepEqual(await printedFlags(project, "copy squares.jugdata sqlite:two.jugdb"), [
      "--allow-read=squares.jugdata,two.jugdb",
      "--allow-write=two.jugdb",
    ]);
  });
});

Deno.test("the printed flags are sufficient and necessary: init and demo", async () => {
  await withProject({}, async (project) => {
    assert.deepEqual(await checkCommand(project, "init first"), ["--allow-read=first", "--allow-write=first"]);
    assert.deepEqual(await checkCommand(project, "demo"), ["--allow-read=jug-demo", "--allow-write=jug-demo"]);
    assert.deepEqual(await checkCommand(project, "init"), ["--allow-read=.", "--allow-write=."]);
  });
});

Deno.test("executeNeeds() widens the needs that --isolate does not pass on, as little as possible", () => {
  const place = { jugfile: "in/top.ts", args: ["/data/set"] };
  const isolate = { memoryMb: undefined, passOn: [{ kind: "net", value: "db.example:1" }] } as const;
  const wide = (kind: Kind, ...values: string[]) => {
    const seen = values.map((value) => ({ kind, value }));
    const { needs } = executeNeeds(
      { isolate, inspectPort: undefined, check: false },
      [{ kind: "read", value: "/own" }],
      seen,
      place,
    );
    return flagsFor(needs, Deno.cwd()).filter((flag) => flag.startsWith(`--allow-${kind}`));
  };
  assert.deepEqual(wide("read", "in/top.ts", "/own/a", "/data/set"), ["--allow-read=/data/set,/own,in/top.ts"]);
  assert.deepEqual(wide("read", "in/a.ts", "/data/set/a"), ["--allow-read=/data/set,/own,in"]);
  assert.deepEqual(wide("write", "out.txt"), ["--allow-write=."]);
  assert.deepEqual(wide("read", "/elsewhere"), ["--allow-read"]);
  assert.deepEqual(wide("env", "HOME"), ["--allow-env"]);
  assert.deepEqual(wide("net", "db.example:1"), ["--allow-net=db.example:1"]);
  assert.deepEqual(wide("net", "other.example:1"), ["--allow-net"]);
  assert.deepEqual(wide("sys", "uid"), ["--allow-sys=uid"]);
});
