/**
 * Processes that do not claim: one reads, as `jug status` does, one removes results, as `jug invalidate` and
 * `jug cleanup` do, and one merges segments, as `jug pack` does.
 *
 * @module
 */
import { tidy } from "../../../backends/optional_parts.ts";
import { type Hash, isHash } from "../../../core/brand.ts";
import { attempt, type Context, pause } from "./context.ts";
import type { Role } from "./life.ts";
import { textOfBytes } from "./operations.ts";

async function all<T>(items: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const batch of items) found.push(...batch);
  return found;
}

/** Reads locks, results and failures several times. */
export async function look(context: Context, role: Extract<Role, { kind: "looker" }>): Promise<boolean> {
  const { backend, seam } = context;
  const hashes = role.hashes.filter(isHash);
  for (let round = 0; round < role.rounds; round++) {
    pause(context, role.everyMs);
    const locks = await attempt(context, "listLocks", () => all(backend.listLocks()));
    if (locks.ok) seam.note({ kind: "locks seen", locks: locks.value });
    await attempt(context, "list", () => all(backend.list()));
    await attempt(context, "listFailures", () => all(backend.listFailures()));
    seam.note({ kind: "loading" });
    const loaded = await attempt(context, "load", () => backend.load(hashes));
    if (!loaded.ok) continue;
    for (const [index, hash] of hashes.entries()) {
      const bytes = loaded.value[index];
      seam.note(bytes === undefined ? { kind: "loaded", hash } : { kind: "loaded", hash, text: textOfBytes(bytes) });
    }
  }
  return true;
}

/** Removes results and tidies. */
export async function remove(context: Context, role: Extract<Role, { kind: "remover" }>): Promise<boolean> {
  const { backend, seam, random } = context;
  pause(context, role.atMs);
  for (let round = 0; round < role.rounds; round++) {
    const hashes: Hash[] = role.hashes.filter(isHash).filter(() => random() < 0.6);
    seam.note({ kind: "removing", hashes });
    seam.note({ kind: "tidying" });
    const removed = await attempt(context, "remove", () => backend.remove(hashes));
    if (removed.ok) seam.note({ kind: "removed", hashes });
    seam.note({ kind: "tidying" });
    await attempt(context, "tidy", () => tidy(backend));
    pause(context, role.everyMs);
  }
  return true;
}

/** Merges segments. */
export async function pack(context: Context, role: Extract<Role, { kind: "packer" }>): Promise<boolean> {
  const { backend, seam } = context;
  pause(context, role.atMs);
  for (let round = 0; round < role.rounds; round++) {
    seam.note({ kind: "tidying" });
    await attempt(context, "pack", () => backend.pack());
    pause(context, role.everyMs);
  }
  return true;
}
