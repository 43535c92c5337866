/**
 * Finds what is left in the jugdir after all processes have ended.
 *
 * @module
 */
import { ROOT, type World } from "../run/world.ts";

/** Returns a problem if `folder`, which should be empty, contains files that are not excused; otherwise `undefined`. */
function leftIn(world: World, folder: string, isExcused: (name: string) => boolean): string | undefined {
  const names = [...world.server.find(`${ROOT}/${folder}`)?.names?.keys() ?? []].filter((name) => !isExcused(name));
  return names.length === 0 ? undefined : `${folder}/ still holds ${names.join(", ")}`;
}

/** Returns a problem if files are left behind after all processes have ended; otherwise `undefined`. */
export function leftovers(world: World): string | undefined {
  const hasFaults = world.processes.some(({ faultedAt }) => faultedAt > 0);
  // A host that lost power starts with another boot, so no process can be sure that its files are obsolete.
  // The same holds for files of a process that was killed before its owner's file existed.
  const lost = new Set(
    world.processes.filter(({ host, identity, isKilled, joined }) =>
      isKilled && (identity.boot !== `boot${host.boot}` || joined !== "yes")
    ).map(({ plan }) => plan.id),
  );
  // Temporary files of a packer or remover that was killed are not named after an owner.
  const visitors = world.processes.some(({ isKilled, claimants }) =>
    isKilled && claimants.some(({ role }) => role.kind === "packer" || role.kind === "remover")
  );
  const ownerOf = (name: string) => name.split(".", 1)[0] ?? "";
  // A host that loses power leaves the files that it renamed instead of removing.
  const isLost = (name: string) =>
    lost.size > 0 && name.startsWith(".nfs") || lost.has(ownerOf(name)) ||
    visitors && /^(?:none|guest-\w+)$/.test(ownerOf(name));
  // Two processes died in one power cut: one held a lock beside its result, the other held the right to remove that
  // lock.
  const isForgotten = (hash: string) => {
    const result = `${ROOT}/results/${hash.slice(0, 2)}/${hash.slice(2)}`;
    return lost.size > 1 && world.server.find(result) !== undefined;
  };
  return leftIn(world, "locks", isForgotten) ?? leftIn(world, "steals", (name) => isForgotten(ownerOf(name))) ??
    (hasFaults ? undefined : leftIn(world, "tmp", isLost) ?? leftIn(world, "workers", isLost));
}
