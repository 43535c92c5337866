/**
 * Tasks that end one after another, and one dependent for each, which notes how long after its end it started.
 * Arguments: a folder for notes, and how many.
 *
 * The first of two processes runs the tasks, all at once, and none of the dependents. The file `begun` appears when all
 * tasks are under way. Then the second process may load this jugfile; it finds nothing to run. Its file is `loaded`. The
 * tasks end after `go` has appeared.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { args, TaskGenerator } from "jug";

/** The time between two ends: long enough that the other process is back at its longest wait. */
const APART_MS = 300;

const folder = args[0] ?? "";
const tasks = Number(args[1]);
const isSecond = existsSync(`${folder}/begun`);
let begun = 0;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Milliseconds since 1970, in fractions. Both processes are on one host, so their clocks agree. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

const first = TaskGenerator(async function first(index: number): Promise<number> {
  if (++begun === tasks) Deno.writeTextFileSync(`${folder}/begun`, "");
  while (!existsSync(`${folder}/go`)) await pause(10);
  await pause((index + 1) * APART_MS);
  return now();
});

const then = TaskGenerator(function then(index: number, ended: number): void {
  const delay = now() - ended;
  Deno.writeTextFileSync(`${folder}/${index}`, isSecond ? String(delay) : "run by the first process");
});

for (let index = 0; index < tasks; index++) then(index, first(index));
if (isSecond) Deno.writeTextFileSync(`${folder}/loaded`, "");
