/**
 * Loads all planted bugs: one from each file of the folder planted/.
 *
 * @module
 */
import type { PlantedBug } from "./planted/planted_bug.ts";
import { isRecord } from "./threads/values.ts";

/** A planted bug and the name of its file, without the extension. */
export interface NamedBug {
  readonly name: string;
  readonly bug: PlantedBug;
}

function isBug(value: unknown): value is PlantedBug {
  return isRecord(value) && ["title", "file", "text", "by"].every((key) => typeof value[key] === "string");
}

/** Loads all planted bugs, sorted by name. */
export async function plantedBugs(): Promise<NamedBug[]> {
  const folder = new URL("planted/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name !== "planted_bug.ts")
    .sort();
  const bugs: NamedBug[] = [];
  for (const name of names) {
    const loaded: unknown = await import(new URL(name, folder).href);
    const bug = isRecord(loaded) ? loaded.bug : undefined;
    if (!isBug(bug)) throw new Error(`tests/simulation/planted/${name} exports no bug`);
    bugs.push({ name: name.replace(/\.ts$/, ""), bug });
  }
  return bugs;
}
