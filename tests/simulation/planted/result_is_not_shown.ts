import type { PlantedBug } from "./planted_bug.ts";

/**
 * A host that looked while the result was being linked goes on remembering its absence. With v3, two results stored
 * within one step of the server's clock look like one.
 */
export const bug: PlantedBug = {
  title: "a result's folder is not changed once more",
  file: "backends/file/results.ts",
  text: `jugdir.showChange(layout.resultFolder(hash));`,
  by: "",
};
