import type { PlantedBug } from "./planted_bug.ts";

/** A pack counts before what was removed meanwhile is struck from it, so that it comes back. */
export const bug: PlantedBug = {
  title: "a pack counts before it is complete",
  file: "backends/file/packing.ts",
  text: "    const unborn = `${this.#folder}/${id}.new`;\n",
  by: "    const unborn = `${this.#folder}/${id}.pack`;\n",
};
