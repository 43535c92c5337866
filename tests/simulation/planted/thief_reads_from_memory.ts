import type { PlantedBug } from "./planted_bug.ts";

/** The second look under the marker opens the file that the name meant before another thief replaced it. */
export const bug: PlantedBug = {
  title: "the second look under the marker is answered from the cache",
  file: "backends/file/lock_stealing.ts",
  text: `if (tokenNow(lock, draft) !== judged.token) {`,
  by: `if (readLock(files, lock)?.token !== judged.token) {`,
};
