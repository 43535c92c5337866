import type { PlantedBug } from "./planted_bug.ts";

/** Who reads the head in between takes its state for lost. */
export const bug: PlantedBug = {
  title: "the old state is removed before the head is renamed",
  file: "backends/file/claims/heads.ts",
  text: `      jugdir.withFolders(() => jugdir.write(path, encodeClaimState(state)));
`,
  by: `      jugdir.withFolders(() => jugdir.write(path, encodeClaimState(state)));
      if (old.head.stateName !== FIRST_STATE) files.remove(\`\${layout.states}/\${old.head.stateName}\`);
`,
};
