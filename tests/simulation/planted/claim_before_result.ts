import type { PlantedBug } from "./planted_bug.ts";

/** The claim ends before the result counts. */
export const bug: PlantedBug = {
  title: "a claim is given back before its result is stored",
  file: "backends/file/results.ts",
  text: `    const done = append(
      entries.filter((entry) => entry !== undefined),
`,
  by: `    const early = entries.filter((entry) => entry !== undefined);
    for (const { origin, hash, sequence } of early) {
      const writer = writers.find(origin);
      if (writer?.append([{ kind: "released", hash, origin, sequence, payload: NO_BYTES }])) {
        writer.claims.set(hash, sequence);
      }
    }
    const done = append(
      early,
`,
};
