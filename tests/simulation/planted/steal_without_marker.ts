import type { PlantedBug } from "./planted_bug.ts";

/** Two thieves look at the lock, and then both replace it. */
export const bug: PlantedBug = {
  title: "a lock is stolen without the marker",
  file: "backends/file/lock_stealing.ts",
  text: `    replace: (judged, by) =>
      dispose(judged, by, (lock, draft) => take(lock, judged, draft, by) && put(draft, lock, by)),
`,
  by: `    replace(judged, by) {
      const [lock, draft] = [layout.lock(judged.hash), jugdir.temporary(by.owner)];
      createText(files, draft, lockText(by.token, by.home));
      const isStill = tokenNow(lock, draft) === judged.token;
      if (isStill) files.rename(draft, lock);
      else files.remove(draft);
      return isStill ? "done" : "changed";
    },
`,
};
