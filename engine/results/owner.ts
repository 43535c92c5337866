/**
 * Identifies this process, as far as its permissions allow.
 *
 * @module
 */
import type { Claimant, Owner } from "../../backends/backend.ts";
import { readProc } from "../../backends/proc_files.ts";

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

function hostName(): string | undefined {
  return isGranted({ name: "sys", kind: "hostname" }) ? Deno.hostname() : undefined;
}

/** Returns the id that Linux assigns to each boot. Without it, only the name distinguishes hosts. */
function bootId(): string | undefined {
  return readProc("/proc/sys/kernel/random/boot_id")?.trim();
}

/**
 * Identifies this host. Locks of dead processes of the same host can be recognized at once, before their lease ends.
 */
export function thisHost(): Pick<Owner, "host" | "boot"> {
  return { host: hostName(), boot: bootId() };
}

/**
 * Returns a new owner for this process. Its id shows where the process runs: host and process number. A random number
 * makes it unique, since hosts and process numbers are reused.
 *
 * @param options The command line options of this process, to be shown to others
 */
export function makeOwner(leaseMs: number, options?: string): Owner {
  const where = thisHost();
  const host = (where.host ?? "host").replace(/[^A-Za-z0-9]+/g, "-").slice(0, 40);
  const random = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const started = Math.round(performance.timeOrigin);
  return { id: `${host}-${Deno.pid}-${random}`, leaseMs, ...where, pid: Deno.pid, started, options };
}

/** Returns the name of a worker for results and failures: host, process number and thread. */
export function workerName({ owner, thread }: Claimant): string {
  return `${owner.host ?? "host"}:${owner.pid ?? owner.id}.${thread}`;
}
