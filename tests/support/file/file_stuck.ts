/**
 * A process that hangs in the middle of a change of a jugdir. It prints "stuck" and waits to be killed.
 *
 * - `pack`: the merged segment is written, but is not in place yet
 * - `claim`: the new state of a partition is written, but no head names it yet
 * - `complete`: the file of a large result is written, but the segment does not mention it yet
 * - `join`: the file that registers it is written, but is not in place yet
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import type { FileSystem } from "../../../backends/file/system/file_system.ts";
import { hashOf, HERE, lockOf, newOwner } from "../../backends/backend_contract.ts";

/** What it does. */
export type StuckMode = "pack" | "claim" | "complete" | "join";

/** The task that it claims. */
export const STUCK_TASK = hashOf(99);

if (import.meta.main) await main(Deno.args[0] ?? "", Deno.args[1] ?? "");

function stuck(): never {
  console.log("stuck");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

async function main(mode: string, root: string): Promise<void> {
  let isArmed = mode === "pack" || mode === "join";
  const fileSystem: FileSystem = {
    ...denoFileSystem,
    rename(from, to) {
      const isDraft = from.startsWith(`${root}/tmp/`);
      const isIt = mode === "pack" && isDraft && to.startsWith(`${root}/segments/`) ||
        mode === "claim" && to.startsWith(`${root}/heads/`) ||
        mode === "join" && isDraft && to.startsWith(`${root}/workers/`);
      if (isArmed && isIt) stuck();
      denoFileSystem.rename(from, to);
    },
    open(path, openMode) {
      const file = denoFileSystem.open(path, openMode);
      if (mode !== "complete" || !path.startsWith(`${root}/segments/`)) return file;
      return { ...file, write: (bytes, position) => isArmed ? stuck() : file.write(bytes, position) };
    },
  };
  const backend = fileBackend({ root, observer: HERE, fileSystem });
  if (mode === "pack") await backend.pack();
  const owner = newOwner();
  await backend.join(owner);
  if (mode === "claim") isArmed = true;
  const [claim] = await backend.claim([STUCK_TASK], { owner, thread: 0 });
  isArmed = true;
  await backend.complete([{ hash: STUCK_TASK, bytes: new Uint8Array(1 << 20), lock: lockOf(claim) }]);
  assert.fail(`nothing stopped it in the middle of ${mode}`);
}
