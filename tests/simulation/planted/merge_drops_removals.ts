import type { PlantedBug } from "./planted_bug.ts";

/** The removed result is still in another segment. */
export const bug: PlantedBug = {
  title: "merging drops the note that a result was removed",
  file: "backends/file/segments/merging.ts",
  text: `      case "removed":
      case "cleared":
        return true;`,
  by: `      case "removed":
      case "cleared":
        return false;`,
};
