/**
 * Who this process is, as far as it may ask.
 *
 * @module
 */
import type { Claimant, Owner } from "../../backends/backend.ts";
import { readProc } from "../../backends/proc.ts";

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

function hostName(): string | undefined {
  return isGranted({ name: "sys", kind: "hostname" }) ? Deno.hostname() : undefined;
}

/** Linux gives each boot an id. Without it hosts are told apart by name alone. */
function bootId(): string | undefined {
  return readProc("/proc/sys/kernel/random/boot_id")?.trim();
}

/** Which host this is, so that the locks of its dead processes are known at once. */
export function thisHost(): Pick<Owner, "host" | "boot"> {
  return { host: hostName(), boot: bootId() };
}

/**
 * An owner for this process, with an id of its own that tells its reader where to look: host, process number, and a random
 * number, since both of the former come back.
 */
export function makeOwner(leaseMs: number): Owner {
  const where = thisHost();
  const host = (where.host ?? "host").replace(/[^A-Za-z0-9]+/g, "-").slice(0, 40);
  const random = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  return { id: `${host}-${Deno.pid}-${random}`, leaseMs, ...where, pid: Deno.pid };
}

/** Who ran a task, as results and failures say it: host, process number and thread. */
export function workerName({ owner, thread }: Claimant): string {
  return `${owner.host ?? "host"}:${owner.pid ?? owner.id}.${thread}`;
}
