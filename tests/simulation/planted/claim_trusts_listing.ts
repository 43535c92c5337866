import type { PlantedBug } from "./planted_bug.ts";

/** Whoever has an old listing of the segments does not see the result of an ended claim. */
export const bug: PlantedBug = {
  title: "a claim trusts an old listing of the segments",
  file: "backends/file/claims/claims.ts",
  text: `    if (missed.length === 0 || missed.every`,
  by: `    if (missed.length >= 0 || missed.every`,
};
