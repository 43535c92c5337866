import type { PlantedBug } from "./planted_bug.ts";

/** A dead owner may come back, and store its result beside that of the new owner. */
export const bug: PlantedBug = {
  title: "a task is taken over without closing the segment",
  file: "backends/file/claims/claims.ts",
  text: `    if (typeof name === "object") return seize(name) ? "seized" : "unknown";
`,
  by: `    if (typeof name === "object") return "seized";
`,
};
