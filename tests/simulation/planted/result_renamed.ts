import type { PlantedBug } from "./planted_bug.ts";

/** A late result replaces the first one. */
export const bug: PlantedBug = {
  title: "a result is renamed into place, not linked",
  file: "backends/file/results.ts",
  text: `    try {
      outcome = files.link(draft, path);
    } catch (error) {`,
  by: `    try {
      files.rename(draft, path);
      outcome = "linked";
    } catch (error) {`,
};
