import type { PlantedBug } from "./planted_bug.ts";

/** The old head is removed and a new one created, so two processes may both succeed. */
export const bug: PlantedBug = {
  title: "a head is not renamed but created anew",
  file: "backends/file/claims/heads.ts",
  text: `      files.rename(from, \`\${layout.heads}/\${headFileName(next)}\`);
      return true;`,
  by: `      const path = \`\${layout.heads}/\${headFileName(next)}\`;
      files.create(path, new Uint8Array());
      files.remove(from);
      return true;`,
};
