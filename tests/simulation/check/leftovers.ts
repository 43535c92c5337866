/**
 * Finds what is left in the jugdir after all processes have ended.
 *
 * @module
 */
import { parseSegmentName } from "../../../backends/file/segments/segment_name.ts";
import { ROOT, type World } from "../run/world.ts";

function namesIn(world: World, folder: string): string[] {
  return [...world.server.find(`${ROOT}/${folder}`)?.names?.keys() ?? []];
}

/** Returns a problem if files are left behind after all processes have ended; otherwise `undefined`. */
export function leftovers(world: World): string | undefined {
  if (world.processes.some(({ faultedAt }) => faultedAt > 0)) return undefined;
  // A host that lost power starts with another boot, so no process can be sure that its files are obsolete.
  // The same holds for files of a process that was killed before its owner's file existed.
  const lost = new Set(
    world.processes.filter(({ host, identity, isKilled, joined }) =>
      isKilled && (identity.boot !== `boot${host.boot}` || joined !== "yes")
    ).map(({ plan }) => plan.id),
  );
  // Files of a packer or remover that was killed are not named after an owner.
  const visitors = world.processes.some(({ isKilled, claimants }) =>
    isKilled && claimants.some(({ role }) => role.kind === "packer" || role.kind === "remover")
  );
  // Neither are those of a process that was killed while it created the jugdir.
  const hasDiedEarly = world.processes.some(({ isKilled, joined }) => isKilled && joined !== "yes");
  const ownerOf = (name: string) => name.split(".", 1)[0] ?? "";
  // A host that loses power leaves the files that it renamed instead of removing.
  const isLost = (name: string) =>
    lost.size > 0 && name.startsWith(".nfs") || lost.has(ownerOf(name)) ||
    (visitors || hasDiedEarly) && /^(?:none|guest-\w+)$/.test(ownerOf(name));
  // Over a network, the state of a dead process is kept for some minutes.
  const isLate = () =>
    world.plan.mount.kind === "network" &&
    world.processes.some(({ isKilled }) => isKilled);
  const current = new Set(namesIn(world, "heads").map((name) => name.split(".").slice(2).join(".")));
  const found = [
    ...namesIn(world, "tmp").filter((name) => !isLost(name)).map((name) => `tmp/${name}`),
    ...namesIn(world, "workers").filter((name) => !isLost(name)).map((name) => `workers/${name}`),
    ...namesIn(world, "states").filter((name) => !current.has(name) && !isLost(name) && !isLate()).map((name) =>
      `states/${name}`
    ),
    ...namesIn(world, "segments").filter((name) => parseSegmentName(name)?.state === "open" && !isLost(name))
      .map((name) => `segments/${name}`),
  ];
  return found.length === 0 ? undefined : `there is left: ${found.join(", ")}`;
}
