import type { PlantedBug } from "./planted_bug.ts";

/** A pack bears the name under which it counts while it is still written: whoever looks then takes it for damaged. */
export const bug: PlantedBug = {
  title: "a pack counts before it is complete",
  file: "backends/file/packing.ts",
  text: "new PackWriter(this.#files, this.#jugdir.temporary(this.#jugdir.guest))",
  by: "new PackWriter(this.#files, `${this.#folder}/${id}.pack`)",
};
