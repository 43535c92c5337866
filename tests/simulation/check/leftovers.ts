/**
 * What lies in the jugdir after everybody has ended.
 *
 * @module
 */
import { ROOT, type World } from "../run/world.ts";

/** What is left in a folder that should be empty; `undefined` where nothing is. */
function leftIn(world: World, folder: string, isExcused: (name: string) => boolean): string | undefined {
  const names = [...world.server.find(`${ROOT}/${folder}`)?.names?.keys() ?? []].filter((name) => !isExcused(name));
  return names.length === 0 ? undefined : `${folder}/ still holds ${names.join(", ")}`;
}

/** What is left behind, though nobody is there any more; `undefined` where nothing is. */
export function leftovers(world: World): string | undefined {
  const hasFaults = world.processes.some(({ faultedAt }) => faultedAt > 0);
  // A host that lost power starts with another boot, and nobody knows for sure that what it left is of no use any more.
  // Nor does anybody know of a process that was killed before its file was there.
  const lost = new Set(
    world.processes.filter(({ host, identity, isKilled, joined }) =>
      isKilled && (identity.boot !== `boot${host.boot}` || joined !== "yes")
    ).map(({ plan }) => plan.id),
  );
  // What a packer or a remover had in hand when it was killed bears nobody's name.
  const visitors = world.processes.some(({ isKilled, claimants }) =>
    isKilled && claimants.some(({ role }) => role.kind === "packer" || role.kind === "remover")
  );
  const ownerOf = (name: string) => name.split(".", 1)[0] ?? "";
  // A host that loses power leaves the files that it renamed instead of removing them.
  const isLost = (name: string) =>
    lost.size > 0 && name.startsWith(".nfs") || lost.has(ownerOf(name)) ||
    visitors && /^(?:none|guest-\w+)$/.test(ownerOf(name));
  // Two who died by one power cut, the one beside its result and the other with the right to remove its lock.
  const isForgotten = (hash: string) => {
    const result = `${ROOT}/results/${hash.slice(0, 2)}/${hash.slice(2)}`;
    return lost.size > 1 && world.server.find(result) !== undefined;
  };
  return leftIn(world, "locks", isForgotten) ?? leftIn(world, "steals", (name) => isForgotten(ownerOf(name))) ??
    (hasFaults ? undefined : leftIn(world, "tmp", isLost) ?? leftIn(world, "workers", isLost));
}
