import type { PlantedBug } from "./planted_bug.ts";

/** A pack has its final name while it is still being written, so a process that looks then considers it damaged. */
export const bug: PlantedBug = {
  title: "a pack counts before it is complete",
  file: "backends/file/packing.ts",
  text: "new PackWriter(this.#files, this.#jugdir.temporary(this.#jugdir.guest))",
  by: "new PackWriter(this.#files, `${this.#folder}/${id}.pack`)",
};
