import type { PlantedBug } from "./planted_bug.ts";

/** A process that was stopped for long releases a lock that belongs to another process by now. */
export const bug: PlantedBug = {
  title: "a release does not look at the lock's owner",
  file: "backends/file/locks.ts",
  text: `    if (owner === undefined || readToken(files, layout.lock(hash)) !== token) return false;
    const thread = token`,
  by: `    if (owner !== undefined) return files.remove(layout.lock(hash));
    const thread = token`,
};
