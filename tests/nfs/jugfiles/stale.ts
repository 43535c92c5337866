/**
 * A process that works on locks through the backend, without a worker.
 *
 * `stale.ts leave JUGDIR COUNT` claims COUNT tasks in the name of a host that does not exist, each with a segment of its
 * own, and ends without releasing them. `stale.ts attack JUGDIR COUNT NOTES` claims each of them as soon as its owner counts as dead, and
 * notes what it won. It stays alive and holds its locks until the file NOTES/over exists.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Backend, Membership, Owner } from "../../../backends/backend.ts";
import { fileBackend } from "../../../backends/file.ts";
import { type Hash, isHash } from "../../../core/brand.ts";
import { pause, witness } from "./witness.ts";

const [what, root = "", count = "0", notes = ""] = Deno.args;
const backend = fileBackend({ root });
const RENEW_MS = 2_000;
const hashes = Array.from({ length: Number(count) }, (_, index) => hashOf(`stale ${index}`));

if (what === "leave") await leaveLocks();
else await attack();
Deno.exit(0);

function hashOf(text: string): Hash {
  const hash = createHash("sha1").update(text).digest("hex");
  if (!isHash(hash)) throw new Error(`${hash} is no hash`);
  return hash;
}

function makeOwner(host: string, boot: string, leaseMs: number): Owner {
  const unique = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  return { id: `${host}-${Deno.pid}-${unique}`, leaseMs, host, boot, pid: Deno.pid };
}

async function leaveLocks(): Promise<void> {
  const owner = makeOwner("host-c", "none", 5_000);
  await backend.join(owner);
  let claimed = 0;
  for (const [thread, hash] of hashes.entries()) {
    const [outcome] = await backend.claim([hash], { owner, thread });
    if (outcome?.kind === "claimed") claimed++;
  }
  console.log(`${claimed} claimed`);
}

async function attack(): Promise<void> {
  const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  const owner = makeOwner(Deno.hostname(), boot, 60_000);
  const membership = await backend.join(owner);
  await claimAll(backend, owner, membership);
  const renewing = setInterval(() => void membership.renew(), RENEW_MS);
  Deno.writeTextFileSync(`${notes}/done-${Deno.env.get("NFS_HOST")}-${Deno.pid}`, "");
  while (!existsSync(`${notes}/over`)) await pause(100);
  clearInterval(renewing);
  await endMembership(membership);
}

/**
 * Claims one lock at a time, until each belongs to this process or to another attacker. It renews the lease between
 * claims: claims are synchronous, so a timer would not fire between them, and on a busy machine they take longer than a
 * lease.
 */
async function claimAll(backend: Backend, owner: Owner, membership: Membership): Promise<void> {
  const note = witness(`${notes}/won`);
  let left = hashes;
  let renewedAt = performance.now();
  while (left.length > 0) {
    const next: Hash[] = [];
    for (const hash of left) {
      if (performance.now() - renewedAt >= RENEW_MS) {
        await membership.renew();
        renewedAt = performance.now();
      }
      const [outcome] = await backend.claim([hash], { owner, thread: 0 });
      if (outcome?.kind === "claimed") note("begin", hash);
      else if (outcome?.kind === "held" && outcome.owner.startsWith("host-c-")) next.push(hash);
    }
    left = next;
    await pause(50);
  }
}

async function endMembership(membership: Membership): Promise<void> {
  await membership.leave();
  await backend.close();
}
