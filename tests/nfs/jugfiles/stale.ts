/**
 * A process that works on locks by the backend itself, with no worker between.
 *
 * `stale.ts leave JUGDIR COUNT` claims so many tasks in the name of a host that does not exist, and ends without giving
 * them up. `stale.ts attack JUGDIR COUNT NOTES` claims each of them as soon as its owner counts as dead, notes what it won,
 * and lives on, holding it, until there is a file NOTES/over.
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
  await backend.claim(hashes, { owner, thread: 0 });
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
 * Claims one at a time, until each is this process's or another attacker's. It renews between claims: they leave a timer no
 * turn, and on a busy machine so many of them take longer than a lease.
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
