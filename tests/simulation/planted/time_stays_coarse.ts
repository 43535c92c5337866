import type { PlantedBug } from "./planted_bug.ts";

/** With v3, two results stored within one step of the server's clock look like one. */
export const bug: PlantedBug = {
  title: "a folder's time is left to the coarse clock of the server",
  file: "backends/file/results.ts",
  text: `jugdir.showChange(layout.resultFolder(hash));`,
  by: "",
};
