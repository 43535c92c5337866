import type { PlantedBug } from "./planted_bug.ts";

/** Between the two steps another process claims the task. */
export const bug: PlantedBug = {
  title: "a lock is given up before its result is stored",
  file: "backends/file/results.ts",
  text: `          const isFirst = jugdir.withFolders(() => store(item));
`,
  by: `          if (lock !== undefined) giveUp(lock);
          const isFirst = jugdir.withFolders(() => store(item));
`,
};
