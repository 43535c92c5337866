import type { PlantedBug } from "./planted_bug.ts";

/** An owner that was stopped does not notice that its segment was seized. */
export const bug: PlantedBug = {
  title: "an owner does not notice that its segment was closed",
  file: "backends/file/segments/segment_writer.ts",
  text: `    return wasAdopted(next, entries);
  }`,
  by: `    return true;
  }`,
};
