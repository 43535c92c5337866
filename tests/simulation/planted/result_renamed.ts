import type { PlantedBug } from "./planted_bug.ts";

/** A late result replaces the first one. */
export const bug: PlantedBug = {
  title: "a result is renamed into place, not linked",
  file: "backends/file/results.ts",
  text: `    const outcome = files.link(draft, path);
`,
  by: `    files.rename(draft, path);
    const outcome: string = "linked";
`,
};
