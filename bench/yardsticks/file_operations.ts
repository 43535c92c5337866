/**
 * The file operations of a lock and a result that is a file of its own.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { Round } from "../round.ts";

/**
 * Does for each task what a lock and a first-one-wins result need: create the lock with O_EXCL and write a token to it,
 * check whether a result exists, write a temporary file, link it to its name, remove the temporary file and the lock.
 * Returns the seconds.
 */
export function fileOperations(round: Round, tasks: number): number {
  const folder = round.newFolder();
  const token = new TextEncoder().encode("0f8fad5b-d9cb-469f-a165-70867728950e.0.12345");
  const record = crypto.getRandomValues(new Uint8Array(180));
  for (const name of ["locks", "results", "tmp"]) Deno.mkdirSync(`${folder}/${name}`);
  for (let i = 0; i < 256; i++) Deno.mkdirSync(`${folder}/results/${i.toString(16).padStart(2, "0")}`);
  const names = Array.from({ length: tasks }, () => crypto.randomUUID());
  const start = performance.now();
  for (const name of names) {
    const lock = `${folder}/locks/${name}`;
    const draft = `${folder}/tmp/${name}`;
    const result = `${folder}/results/${name.slice(0, 2)}/${name.slice(2)}`;
    Deno.writeFileSync(lock, token, { createNew: true });
    if (existsSync(result)) continue;
    Deno.writeFileSync(draft, record, { createNew: true });
    Deno.linkSync(draft, result);
    Deno.removeSync(draft);
    Deno.removeSync(lock);
  }
  return (performance.now() - start) / 1000;
}
