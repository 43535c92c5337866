import assert from "node:assert/strict";
import { openBackend } from "../../backends/open.ts";
import { isJugError } from "../../core/errors.ts";
import { encodeRecord } from "../../core/value/record.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "./backend_contract.ts";
import { withProject } from "../support/project.ts";
import { runJug } from "../support/run_jug.ts";
import { canMount, withSmallDisk } from "../support/small_disk.ts";
import { withTempDir } from "../support/temp_dir.ts";

const bytes = crypto.getRandomValues(new Uint8Array(1000));

/** Calls `use` with the address and path of a file that does not exist yet. */
function withAddress(use: (address: string, path: string) => Promise<void>): Promise<void> {
  return withTempDir((folder) => use(`memory:${folder}/store.jugmem`, `${folder}/store.jugmem`));
}

Deno.test("memory:FILE keeps results and failures for the next process, but no locks", async () => {
  await withAddress(async (address) => {
    const first = await openBackend(address);
    const by = { owner: newOwner(), thread: 0 };
    const member = await first.join(by.owner);
    const [one, two] = await first.claim(hashesOf(3), by);
    await first.complete([{ hash: hashOf(0), bytes, lock: lockOf(one) }]);
    await first.complete([{ hash: hashOf(7), bytes: new Uint8Array(0), lock: undefined }]);
    await first.fail([{ lock: lockOf(two), bytes }]);
    await member.leave();
    await first.close();
    const second = await openBackend(address);
    assert.deepEqual(await second.load([hashOf(0), hashOf(7), hashOf(1)]), [bytes, new Uint8Array(0), undefined]);
    assert.deepEqual(await collect(second.listFailures()), [{ hash: hashOf(1), token: lockOf(two).token }]);
    assert.deepEqual(await second.loadFailures([hashOf(1)]), [bytes]);
    assert.deepEqual(await collect(second.listLocks()), []);
    assert.equal(await second.removeFailures([hashOf(1)]), 1);
    await second.close();
    assert.deepEqual(await collect((await openBackend(address)).listFailures()), []);
  });
});

Deno.test("memory:FILE keeps what listings show of runs, processes and durations", async () => {
  await withAddress(async (address) => {
    const info = { name: "m.f", start: 1000, finish: 1500, worker: "w", args: "(1)" };
    const first = await openBackend(address);
    const [gone, killed] = [newOwner({ pid: 7, started: 5, options: "--target f" }), newOwner()];
    const member = await first.join(gone);
    await first.join(killed);
    const [one, two] = await first.claim(hashesOf(2), { owner: gone, thread: 0 });
    await first.complete([{ hash: hashOf(0), bytes, lock: lockOf(one), info }]);
    await first.fail([{ lock: lockOf(two), bytes, info: { ...info, code: "0123456789abcdef" } }]);
    await member.leave();
    await first.close();
    const second = await openBackend(address);
    assert.deepEqual(await collect(second.listRuns?.() ?? []), [
      { hash: hashOf(0), kind: "result", size: 1000, ...info },
      { hash: hashOf(1), kind: "failure", size: 1000, ...info, code: "0123456789abcdef" },
    ]);
    const processes = await collect(second.listProcesses?.() ?? []);
    assert.deepEqual(processes.map(({ id, state }) => [id, state]), [[gone.id, "left"], [killed.id, "dead"]]);
    assert.equal(processes[0]?.options, "--target f");
    await second.complete([{ hash: hashOf(3), bytes, lock: undefined, info: { ...info, finish: 1700 } }]);
    await second.close();
    const [summary] = await (await openBackend(address)).listDurations?.() ?? [];
    assert.deepEqual([summary?.name, summary?.count, summary?.total, summary?.longest], ["m.f", 2, 1200, 700]);
    assert.equal([...summary?.classes.values() ?? []].reduce((sum, runs) => sum + runs), 2);
  });
});

Deno.test("memory:FILE of the first format is read, and its runs are known from the records", async () => {
  await withAddress(async (address, path) => {
    const meta = { name: "m.f", start: 1000, finish: 1500, worker: "w" };
    const record = encodeRecord({ type: "result", value: 7, meta, label: "m.f" });
    const entry = (n: number, length: number) =>
      new TextEncoder().encode(`{"kind":"result","hash":"${hashOf(n)}","length":${length}}\n`);
    const text = (line: string) => new TextEncoder().encode(line);
    const file = new Blob([
      text("jug memory 1\n"),
      entry(0, record.length),
      record,
      text("\n"),
      entry(1, 2),
      text("no\n2\n"),
    ]);
    await Deno.writeFile(path, file.stream());
    const backend = await openBackend(address);
    assert.deepEqual(await backend.load(hashesOf(2)), [new Uint8Array(record), text("no")]);
    assert.deepEqual(await collect(backend.listRuns?.() ?? []), [
      { hash: hashOf(0), kind: "result", size: record.length, ...meta },
    ]);
    assert.equal((await backend.listDurations?.())?.[0]?.total, 500);
    await backend.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
    await backend.close();
    assert.match(Deno.readTextFileSync(path), /^jug memory 2\n/);
    assert.equal((await collect((await openBackend(address)).listRuns?.() ?? [])).length, 1);
  });
});

Deno.test("memory:FILE writes nothing if nothing changed", async () => {
  await withAddress(async (address, path) => {
    const backend = await openBackend(address);
    await backend.has([hashOf(1)]);
    await backend.close();
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  });
});

Deno.test("memory:FILE: of several processes the last one to save wins, and other files are kept", async () => {
  await withAddress(async (address, path) => {
    for (const name of [`${path}.tmp`, `${path}.new`]) Deno.writeTextFileSync(name, "mine");
    const backends = await Promise.all([1, 2, 3].map(() => openBackend(address, { create: true })));
    for (const [n, backend] of backends.entries()) {
      await backend.complete([{ hash: hashOf(n), bytes, lock: undefined }]);
    }
    for (const backend of backends) await backend.close();
    assert.deepEqual(await collect((await openBackend(address)).list()), [hashOf(2)]);
    for (const name of [`${path}.tmp`, `${path}.new`]) assert.equal(Deno.readTextFileSync(name), "mine");
    const names = [...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name).sort();
    assert.deepEqual(names, ["store.jugmem", "store.jugmem.new", "store.jugmem.tmp"]);
  });
});

Deno.test({
  name: "memory:FILE on a full disk leaves no draft, and the file unchanged",
  ignore: !canMount(),
  fn: () =>
    withSmallDisk("size=1m", async ({ folder }) => {
      const address = `memory:${folder}/store.jugmem`;
      const first = await openBackend(address);
      await first.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
      await first.close();
      const second = await openBackend(address);
      await second.complete([{ hash: hashOf(2), bytes: new Uint8Array(2_000_000), lock: undefined }]);
      await assert.rejects(second.close(), /cannot be read or saved: .*(.|\n)*the disk is not full/);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["store.jugmem"]);
      assert.deepEqual(await collect((await openBackend(address)).list()), [hashOf(1)]);
    }),
});

Deno.test("`execute` refuses a memory:FILE that cannot be saved, before any task runs", async () => {
  const source = `import { TaskGenerator } from "jug";
TaskGenerator(function speak() { console.log("a task ran"); })();
`;
  await withProject({ "speak.ts": source }, async (project) => {
    const { folder } = project;
    const refused = async (jugdir: string, permissions: string[], pattern: RegExp) => {
      const { code, stdout, stderr } = await project.jug(`execute speak.ts --jugdir memory:${jugdir}`, { permissions });
      assert.equal(code, 1, stderr);
      assert.match(stderr, pattern);
      assert(!`${stdout}${stderr}`.includes("a task ran"), stdout);
    };
    await refused(
      "gone/x.jugmem",
      ["-A"],
      /"memory:gone\/x\.jugmem" cannot be .*(.|\n)*Check that its folder exists/,
    );
    await refused("x.jugmem", ["--allow-read"], /"memory:x\.jugmem": Deno refuses write access/);
    const write = [`--allow-write=${folder}`, `--deny-write=${folder}/x.jugmem`];
    await refused(
      "x.jugmem",
      ["--allow-read", ...write],
      /"memory:x\.jugmem": Deno refuses write access to .*x\.jugmem"/,
    );
    assert.deepEqual(project.names("."), ["speak.ts"]);
    const backend = await openBackend(`memory:${folder}/x.jugmem`, { create: true });
    assert.deepEqual(project.names("."), ["speak.ts"]);
    await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    await backend.close();
    const kept = Deno.readFileSync(`${folder}/x.jugmem`);
    await (await openBackend(`memory:${folder}/x.jugmem`, { create: true })).close();
    assert.deepEqual(Deno.readFileSync(`${folder}/x.jugmem`), kept);
  });
});

Deno.test("memory:FILE refuses a truncated or foreign file, and leaves it unchanged", async () => {
  await withAddress(async (address, path) => {
    const backend = await openBackend(address);
    await backend.complete(hashesOf(3).map((hash) => ({ hash, bytes, lock: undefined })));
    await backend.close();
    const whole = Deno.readFileSync(path);
    const contents = [
      whole.subarray(0, -1),
      whole.subarray(0, 1500),
      whole.subarray(0, 5),
      new TextEncoder().encode("x\n"),
    ];
    for (const broken of contents) {
      Deno.writeFileSync(path, broken);
      await assert.rejects(openBackend(address), (error) => {
        assert(isJugError(error) && error.kind === "backend" && error.remedy !== undefined);
        assert.match(error.message, /is not a complete jug file/);
        return true;
      });
      assert.deepEqual(Deno.readFileSync(path), broken);
    }
  });
});

Deno.test("memory:FILE that cannot be saved is reported as an error", async () => {
  await withTempDir(async (folder) => {
    const backend = await openBackend(`memory:${folder}/gone/store.jugmem`);
    await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    await assert.rejects(
      backend.close(),
      (error) => isJugError(error) && error.message.includes("Check that its folder"),
    );
  });
});

Deno.test("`execute` on memory:FILE with two workers saves at the end, and the next run runs no task", async () => {
  await withTempDir(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/tens.ts`,
      `import { TaskGenerator } from "jug";
       const ten = TaskGenerator(function ten(n: number) { return n * 10; });
       export const tens = Array.from({ length: 30 }, (_, n) => ten(n));`,
    );
    const command = ["execute", "tens.ts", "--workers", "2", "--jugdir", "memory:{jugfile}.jugmem"];
    assert.match((await runJug(command, { cwd: folder })).stdout, /^Total: +30 +0\b/m);
    assert.match((await runJug(command, { cwd: folder })).stdout, /^Total:\s+0\s+30$/m);
  });
});
