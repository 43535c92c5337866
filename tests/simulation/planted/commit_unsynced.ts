import type { PlantedBug } from "./planted_bug.ts";

/** Other hosts see the new length before the data has reached the server. */
export const bug: PlantedBug = {
  title: "a frame is not synced before it counts",
  file: "backends/file/segments/segment_writer.ts",
  text: `      if (jugdir.mount.kind === "network" || jugdir.durable) file.sync();
`,
  by: ``,
};
