import type { PlantedBug } from "./planted_bug.ts";

/**
 * After the server dropped the host's locks, it refuses the open file forever, and the process does not make a new one.
 */
export const bug: PlantedBug = {
  title: "no renewal after the server dropped the lock state",
  file: "backends/file/owners/membership.ts",
  text: `      // ever. A new one is as good.
      return false;
`,
  by: `      // ever. A new one is as good.
      return true;
`,
};
