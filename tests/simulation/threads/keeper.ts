/**
 * The main thread of a process. It joins, renews every third of the lease, and leaves after its workers have ended.
 *
 * @module
 */
import { attempt, type Context } from "./context.ts";
import type { Role } from "./life.ts";

/** Lives as a keeper. Returns whether all went well. */
export async function keep(context: Context, { stayMs }: Extract<Role, { kind: "keeper" }>): Promise<boolean> {
  const { backend, seam, life } = context;
  const { id, leaseMs, host, boot, pid } = life.process;
  const joined = await attempt(context, "join", () => backend.join({ id, leaseMs, host, boot, pid }));
  if (!joined.ok) return false;
  seam.note({ kind: "joined" });
  const membership = joined.value;
  const end = seam.clock + stayMs;
  let next = seam.clock + leaseMs / 3;
  for (;;) {
    const orWhen = seam.clock < end ? "nothing" : "workers ended";
    if (seam.ask({ kind: "pause", until: next, orWhen }) === "workers ended") break;
    await attempt(context, "renew", () => membership.renew());
    // As with `setInterval`, renewals that were missed during a stop are not made up for.
    next = Math.max(next + leaseMs / 3, seam.clock);
  }
  seam.note({ kind: "leaving" });
  const left = await attempt(context, "leave", () => membership.leave());
  if (left.ok) seam.note({ kind: "left" });
  return left.ok;
}
