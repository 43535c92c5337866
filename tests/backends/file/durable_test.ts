import assert from "node:assert/strict";
import { LARGE } from "../../../backends/file/results.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import { claimantOf, Place } from "../../support/file/file_place.ts";
import { hashesOf, lockOf } from "../backend_contract.ts";

/** A file system that logs what matters after a power cut: `what` and the folder of the jugdir that it concerns. */
function logged(log: string[]): FileSystem {
  const note = (what: string, path: string) => {
    const [folder = ""] = path.split("/jugdata/")[1]?.split("/") ?? [];
    log.push(`${what} ${folder}`);
  };
  return {
    ...denoFileSystem,
    open(path, mode) {
      const file = denoFileSystem.open(path, mode);
      return {
        ...file,
        write(bytes, position) {
          note("write", path);
          file.write(bytes, position);
        },
        sync() {
          note("sync", path);
          file.sync();
        },
      };
    },
    create(path, bytes) {
      note("create", path);
      return denoFileSystem.create(path, bytes);
    },
    rename(from, to) {
      note("rename", from);
      denoFileSystem.rename(from, to);
    },
    syncFolder(folder) {
      note("sync names in", folder);
      denoFileSystem.syncFolder(folder);
    },
  };
}

/** Stores a small result and a large one. Returns what was done for that in segments/ and results/. */
async function stepsOfStoring(durable: boolean): Promise<string[]> {
  const log: string[] = [];
  await using place = new Place(logged(log));
  const backend = place.open({ durable });
  const claimant = claimantOf();
  await place.join(backend, claimant.owner);
  const hashes = hashesOf(2);
  const claims = await backend.claim(hashes, claimant);
  const sizes = [10, LARGE];
  await backend.complete(
    hashes.map((hash, i) => ({ hash, bytes: new Uint8Array(sizes[i] ?? 0), lock: lockOf(claims[i]) })),
  );
  return log.filter((step) => / (?:segments|results)$/.test(step));
}

Deno.test("durable: what a result consists of, and the name of the segment, are synced before the result counts", async () => {
  assert.deepEqual(await stepsOfStoring(true), [
    "sync names in segments",
    "write results",
    "sync results",
    "sync names in results",
    "write segments",
    "sync segments",
    "rename segments",
  ]);
});

Deno.test("without durable, nothing is synced on a local file system", async () => {
  assert.deepEqual(await stepsOfStoring(false), ["create results", "write segments", "rename segments"]);
});

Deno.test("durable: if the disk fails when it is synced, the result does not count and the error is thrown", async () => {
  let isBroken = false;
  const broken: FileSystem = {
    ...denoFileSystem,
    open(path, mode) {
      const file = denoFileSystem.open(path, mode);
      const sync = () => {
        if (isBroken) throw Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
        file.sync();
      };
      return { ...file, sync };
    },
  };
  await using place = new Place(broken);
  const backend = place.open({ durable: true });
  const claimant = claimantOf();
  await place.join(backend, claimant.owner);
  const [hash] = hashesOf(1);
  assert.ok(hash);
  const [claim] = await backend.claim([hash], claimant);
  const item = { hash, bytes: new Uint8Array(9), lock: lockOf(claim) };
  isBroken = true;
  await assert.rejects(backend.complete([item]), { message: /Input\/output error/ });
  assert.deepEqual([...await place.open().has([hash])], []);
  isBroken = false;
});
