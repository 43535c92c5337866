import type { PlantedBug } from "./planted_bug.ts";

/** A host that looked while a result was being linked remembers its absence under the folder's new state. */
export const bug: PlantedBug = {
  title: "a lock is taken from a dead owner without showing a result that it stored",
  file: "backends/file/lock_stealing.ts",
  text: `      showResult(judged.hash, draft);
`,
  by: "",
};
