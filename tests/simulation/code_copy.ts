/**
 * Copies the backend's sources and plants a bug in the copy.
 *
 * @module
 */
import type { PlantedBug } from "./planted/planted_bug.ts";

const PROJECT = new URL("../../", import.meta.url);

/** The URL of the project's own file backend. */
export const REAL_MODULE = new URL("backends/file.ts", PROJECT).href;

/** A copy of the backend with a bug. */
export interface CodeCopy extends Disposable {
  /** The URL of its main module. */
  readonly module: string;
}

function copyFolder(from: URL, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
    else Deno.copyFileSync(new URL(name, from), `${to}/${name}`);
  }
}

/** Returns the source with the bug in it. Throws if the text to replace does not occur exactly once. */
export function withBug(source: string, { title, file, text, by }: PlantedBug): string {
  const times = source.split(text).length - 1;
  if (times !== 1) {
    throw new Error(`the planted bug "${title}" does not fit ${file} any more: its text is there ${times} times`);
  }
  return source.replace(text, () => by);
}

/** Copies the folders that the file backend needs to a temporary folder, and plants the bug. */
export function plant(bug: PlantedBug): CodeCopy {
  const root = Deno.makeTempDirSync({ prefix: "jug-planted-" });
  for (const folder of ["backends", "core"]) copyFolder(new URL(`${folder}/`, PROJECT), `${root}/${folder}`);
  const path = `${root}/${bug.file}`;
  Deno.writeTextFileSync(path, withBug(Deno.readTextFileSync(path), bug));
  return {
    module: new URL(`file://${root}/backends/file.ts`).href,
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}
