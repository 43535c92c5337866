/**
 * A process that hangs while it packs or stores results, with a temporary file open. It prints "ready" and waits to be
 * killed.
 *
 * @module
 */
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem } from "../../../backends/file/system/deno_file_system.ts";
import { hashOf, HERE } from "../../backends/backend_contract.ts";

const [mode = "", root = ""] = Deno.args;

function stuck(): never {
  console.log("ready");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const fileSystem = {
  ...denoFileSystem,
  link: (from: string, to: string) => to.includes("/results/") ? stuck() : denoFileSystem.link(from, to),
  open: (path: string, mode: Parameters<typeof denoFileSystem.open>[1]) => {
    const file = denoFileSystem.open(path, mode);
    return path.includes("/tmp/") ? { ...file, sync: stuck } : file;
  },
};
const backend = fileBackend({ root, observer: HERE, fileSystem });
if (mode === "pack") await backend.pack();
else await backend.complete([{ hash: hashOf(99), bytes: new Uint8Array(1000), lock: undefined }]);
