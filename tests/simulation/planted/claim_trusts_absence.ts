import type { PlantedBug } from "./planted_bug.ts";

/** After winning the lock, the look for a result is answered from what the host remembers. */
export const bug: PlantedBug = {
  title: "a claim trusts a stale absence of its result",
  file: "backends/file/presence.ts",
  text: `    isThereNow(hash) {
      jugdir.refreshResults([hash]);
`,
  by: `    isThereNow(hash) {
`,
};
