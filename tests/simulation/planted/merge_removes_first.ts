import type { PlantedBug } from "./planted_bug.ts";

/** A reader finds neither the old segments nor the merged one. */
export const bug: PlantedBug = {
  title: "merged segments are removed before the merged one exists",
  file: "backends/file/segments/merging.ts",
  text:
    `      files.rename(draft, pathOf({ segment: \`\${merger}.0.\${jugdir.nextCount()}\`, length, state: "closed" }));
`,
  by: `      for (const source of sources) files.remove(pathOf(source));
      files.rename(draft, pathOf({ segment: \`\${merger}.0.\${jugdir.nextCount()}\`, length, state: "closed" }));
`,
};
