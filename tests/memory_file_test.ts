import assert from "node:assert/strict";
import { withDraft } from "../backends/memory_draft.ts";
import { openBackend } from "../backends/open.ts";
import { isJugError } from "../core/errors.ts";
import { collect, hashesOf, hashOf, lockOf, newOwner } from "./backend_contract.ts";
import { withProject } from "./support/project.ts";
import { runJug } from "./support/run_jug.ts";
import { canMount, withSmallDisk } from "./support/small_disk.ts";
import { withTempDir } from "./support/temp_dir.ts";

const bytes = crypto.getRandomValues(new Uint8Array(1000));

/** Calls `use` with the address of a file that is not there yet. */
function withAddress(use: (address: string, path: string) => Promise<void>): Promise<void> {
  return withTempDir((folder) => use(`memory:${folder}/store.jugmem`, `${folder}/store.jugmem`));
}

Deno.test("memory:FILE keeps results and failures for the next process, and no locks", async () => {
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

Deno.test("memory:FILE writes nothing where nothing changed", async () => {
  await withAddress(async (address, path) => {
    const backend = await openBackend(address);
    await backend.has([hashOf(1)]);
    await backend.close();
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  });
});

Deno.test("memory:FILE keeps what another process saved meanwhile", async () => {
  await withAddress(async (address) => {
    const [one, other] = [await openBackend(address), await openBackend(address)];
    await one.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    await other.complete([{ hash: hashOf(2), bytes, lock: undefined }]);
    await one.close();
    await other.close();
    const third = await openBackend(address);
    assert.deepEqual(await third.has([hashOf(1), hashOf(2)]), new Set([hashOf(1), hashOf(2)]));
    await third.remove([hashOf(1)]);
    await third.close();
    assert.deepEqual(await collect((await openBackend(address)).list()), [hashOf(2)]);
  });
});

Deno.test("memory:FILE keeps another process's failures, and not those that it saw mended or forgotten", async () => {
  await withAddress(async (address) => {
    const failed = async (n: number) => {
      const backend = await openBackend(address);
      const by = { owner: newOwner(), thread: 0 };
      const [outcome] = await backend.claim([hashOf(n)], by);
      await backend.fail([{ lock: lockOf(outcome), bytes }]);
      return backend;
    };
    await (await failed(1)).close();
    await (await failed(2)).close();
    const one = await openBackend(address);
    await one.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    await one.removeFailures([hashOf(2)]);
    await (await failed(3)).close();
    await one.close();
    const last = await openBackend(address);
    assert.deepEqual((await collect(last.listFailures())).map(({ hash }) => hash), [hashOf(3)]);
    assert.deepEqual(await collect(last.list()), [hashOf(1)]);
  });
});

/** Each process has computed before any of them saves. */
const TOGETHER = `import { args, TaskGenerator } from "jug";
const [own = "", all = ""] = args;
const fill = TaskGenerator(async function fill(own: string) {
  Deno.writeTextFileSync("ready-" + own, "");
  const isReady = () => [...Deno.readDirSync(".")].filter(({ name }) => name.startsWith("ready-")).length === Number(all);
  while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 5));
  return new Uint8Array(30_000_000).fill(Number(own));
});
fill(own);
`;

Deno.test("memory:FILE keeps what every process found, of several that save at the same time", async () => {
  await withProject({ "together.ts": TOGETHER }, async (project) => {
    const numbers = ["1", "2", "3", "4"];
    const runs = numbers.map((own) => project.jug(`execute together.ts ${own} 4 --jugdir memory:all.jugmem`));
    for (const { code, stderr } of await Promise.all(runs)) assert.equal(code, 0, stderr);
    const after = await openBackend(`memory:${project.folder}/all.jugmem`);
    assert.equal((await collect(after.list())).length, numbers.length);
    assert.deepEqual(project.names(".").filter((name) => name.startsWith("all")), ["all.jugmem"]);
  });
});

Deno.test("memory:FILE: a draft that another one holds and does not write is given up in the end, and named", async () => {
  await withAddress((address, path) => {
    const place = { path, address };
    withDraft(place, (draft) => {
      assert.throws(() => withDraft({ ...place, patienceMs: 50 }, () => {}), (error) => {
        assert(isJugError(error) && error.remedy !== undefined);
        assert.match(error.message, /cannot be saved: another process has held .*store\.jugmem\.tmp for 0.05 s/);
        return true;
      });
      draft.publish([bytes]);
    });
    // What a process left that was killed as it wrote.
    Deno.writeFileSync(`${path}.tmp`, new Uint8Array(9000));
    withDraft(place, (draft) => draft.publish([bytes.subarray(0, 5)]));
    assert.deepEqual(Deno.readFileSync(path), bytes.slice(0, 5));
    return Promise.resolve();
  });
});

Deno.test({
  name: "memory:FILE on a full disk leaves no draft, and the file as it was",
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

Deno.test("`execute` on memory:FILE that cannot be saved is refused before any task runs", async () => {
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
      /"memory:gone\/x\.jugmem" cannot be .*(.|\n)*Check that its folder is there/,
    );
    await refused("x.jugmem", ["--allow-read"], /"memory:x\.jugmem": Deno refuses write access/);
    const write = `--allow-write=${folder}/x.jugmem.tmp`;
    await refused("x.jugmem", ["--allow-read", write], /"memory:x\.jugmem": Deno refuses write access to .*x\.jugmem"/);
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

Deno.test("memory:FILE refuses a file that is cut short or another's, and leaves it as it is", async () => {
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
        assert.match(error.message, /is not a whole file of jug's/);
        return true;
      });
      assert.deepEqual(Deno.readFileSync(path), broken);
    }
  });
});

Deno.test("memory:FILE that cannot be saved is an error, not a silence", async () => {
  await withTempDir(async (folder) => {
    const backend = await openBackend(`memory:${folder}/gone/store.jugmem`);
    await backend.complete([{ hash: hashOf(1), bytes, lock: undefined }]);
    await assert.rejects(
      backend.close(),
      (error) => isJugError(error) && error.message.includes("Check that its folder"),
    );
  });
});

Deno.test("`execute` on memory:FILE with two workers saves at its end, and the next one runs nothing", async () => {
  await withTempDir(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/tens.ts`,
      `import { TaskGenerator } from "jug";
       const ten = TaskGenerator(function ten(n: number) { return n * 10; });
       export const tens = Array.from({ length: 30 }, (_, n) => ten(n));`,
    );
    const command = ["execute", "tens.ts", "--workers", "2", "--jugdir", "memory:{jugfile}.jugmem"];
    assert.match((await runJug(command, { cwd: folder })).stdout, /^Total:\s+30\s+0$/m);
    assert.match((await runJug(command, { cwd: folder })).stdout, /^Total:\s+0\s+30$/m);
  });
});
