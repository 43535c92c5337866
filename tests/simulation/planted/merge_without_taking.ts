import type { PlantedBug } from "./planted_bug.ts";

/** Two processes merge the same segments, and one of them the remains of the other. */
export const bug: PlantedBug = {
  title: "segments are merged without being taken",
  file: "backends/file/segments/merging.ts",
  text: `      const taken = chosen.flatMap((name) => take(name, owner) ?? []);`,
  by: `      const taken = chosen;`,
};
