/**
 * Pairs of tasks: one that takes a while, and one that needs it. They show how soon the second begins after the first
 * ends.
 *
 * The modification times of the files `produce.N` and `consume.N` in the folder for notes show when the first task
 * ended and when the second began. A file `loaded.HOST` shows that a host has loaded this jugfile. The first tasks count
 * their time from when a file `go` is there.
 *
 * Arguments: number of pairs, milliseconds of the first `produce` task, additional milliseconds of each next one,
 * folder for notes.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";
import { existsSync } from "node:fs";
import { pause, witness } from "./witness.ts";

const [pairs = 1, firstMs = 0, stepMs = 0] = args.slice(0, 3).map(Number);
const notes = args[3] ?? "";

/** Makes an empty file. The machine that holds the folder sets its time, since the guests' clocks differ. */
function mark(name: string): void {
  Deno.writeTextFileSync(`${notes}/${name}`, "");
}

const produce = TaskGenerator(async function produce(index: number): Promise<number> {
  const note = witness(notes);
  note("begin", `produce.${index}`);
  while (!existsSync(`${notes}/go`)) await pause(50);
  await pause(firstMs + index * stepMs);
  note("end", `produce.${index}`);
  mark(`produce.${index}`);
  return index;
});

const consume = TaskGenerator(function consume(index: number): number {
  mark(`consume.${index}`);
  const note = witness(notes);
  note("begin", `consume.${index}`);
  note("end", `consume.${index}`);
  return index;
});

for (const made of Array.from({ length: pairs }, (_, index) => produce(index))) consume(made);
mark(`loaded.${Deno.env.get("NFS_HOST")}`);
