import type { PlantedBug } from "./planted_bug.ts";

/** D3: once the server has dropped the host's locks, the open file is refused for ever, and nothing is done about it. */
export const bug: PlantedBug = {
  title: "no renewal after the server dropped the lock state",
  file: "backends/file/membership.ts",
  text: `      // ever. A new one is as good.
      return false;
`,
  by: `      // ever. A new one is as good.
      return true;
`,
};
