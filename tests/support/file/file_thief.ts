/**
 * A process that attacks locks, or claims and releases in an endless loop, and prints what it won, one line each.
 *
 * @module
 */
import { kill, pid } from "node:process";
import type { Hash } from "../../../core/brand.ts";
import { fileBackend } from "../../../backends/file.ts";
import { denoFileSystem as files } from "../../../backends/file/system/deno_file_system.ts";
import { readText } from "../../../backends/file/system/file_system.ts";
import { hashesOf, newOwner } from "../../backends/backend_contract.ts";

const [mode = "", root = "", count = "0", start = "0"] = Deno.args;
const backend = fileBackend({ root });
const owner = newOwner({ leaseMs: 60_000, pid });
await backend.join(owner);
console.log("ready");
// All processes begin when the parent closes their stdin.
await Deno.stdin.readable.pipeTo(new WritableStream());
if (mode === "fight") await fight();
else await attack(mode === "complete");

/** Claims until every task is claimed or finished by some process. Starts at a position of its own. */
async function attack(completes: boolean): Promise<void> {
  const all = hashesOf(Number(count));
  let left = [...all.slice(Number(start)), ...all.slice(0, Number(start))];
  const claimed: Hash[] = [];
  // Locks that others hold never become free in this test, so stop after three passes that won nothing.
  for (let idle = 0; left.length > 0 && idle < 3;) {
    const next: Hash[] = [];
    for (let at = 0; at < left.length; at += 32) {
      const outcomes = await backend.claim(left.slice(at, at + 32), { owner, thread: 0 });
      for (const [index, outcome] of outcomes.entries()) {
        const hash = left[at + index];
        if (hash === undefined || outcome.kind === "finished") continue;
        if (outcome.kind === "held") next.push(hash);
        else {
          claimed.push(hash);
          if (completes) await backend.complete([{ hash, bytes: new Uint8Array([1]), lock: outcome.lock }]);
        }
      }
    }
    idle = next.length < left.length ? 0 : idle + 1;
    left = next;
  }
  for (const hash of claimed) console.log(hash);
  console.log("done");
  // Stay alive: the other processes judge our locks until they are done too.
  await new Promise((resolve) => setTimeout(resolve, 1_000_000));
}

/** Whether a process can still act. A killed process is listed until its parent has waited for it. */
function canAct(process: number): boolean {
  try {
    kill(process, 0);
    return Deno.build.os !== "linux" || !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${process}/stat`));
  } catch {
    return false;
  }
}

/** Whether a process stays alive for 50 ms: a dying process loses its flock a little before it counts as dead. */
async function isAlive(process: number): Promise<boolean> {
  for (let look = 0; look < 10; look++) {
    if (!canAct(process)) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}

/** Claims, does something that only one process may do at a time, and releases. Reports it if another was there too. */
async function fight(): Promise<void> {
  const hashes = hashesOf(Number(count));
  // Link a finished file into place: a process killed while it writes its number would leave an empty room.
  const badge = `${root}-badge-${pid}`;
  Deno.writeTextFileSync(badge, String(pid));
  for (let turn = 0;; turn++) {
    const outcomes = await backend.claim(hashes, { owner, thread: turn % 3 });
    for (const outcome of outcomes) {
      if (outcome.kind !== "claimed") continue;
      const { lock, stolen } = outcome;
      const room = `${root}-rooms-${lock.hash}`;
      if (files.link(badge, room) !== "linked") {
        const other = Number(readText(files, room));
        // Only a dead process leaves its room occupied. A claim at the instant of a theft need not be marked as stolen.
        if (await isAlive(other)) console.log(`violation ${lock.hash} ${other} ${stolen}`);
        files.remove(room);
        files.link(badge, room);
      }
      console.log(stolen ? "stolen" : "claimed");
      files.remove(room);
      if (turn % 2 === 0) await backend.release([lock]);
      else await backend.fail([{ lock, bytes: new Uint8Array(1) }]);
    }
  }
}
