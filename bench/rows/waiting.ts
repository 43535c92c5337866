/**
 * How soon a task starts when another process has stored what it waits for.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { jugCommand } from "../processes.ts";
import type { Round } from "../round.ts";
import { count, type Row, type Size } from "../row.ts";
import { median } from "../statistics.ts";
import { Unavailable } from "../unavailable.ts";
import { type BackendName, newJugdir } from "./flat_runs.ts";

/** How long the process of the dependents has to reach its wait. */
const SETTLE_MS = 1_000;
/** How long the two processes may take to begin. */
const BEGIN_MS = 60_000;

async function appears(path: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + BEGIN_MS;
  while (!existsSync(path)) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`${path} did not appear in ${BEGIN_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * One process runs tasks that end one after another. Another one waits for them, and has one dependent for each. Returns
 * the median of the delays, in milliseconds.
 */
async function delay(round: Round, backend: BackendName, tasks: number): Promise<number> {
  const { signal } = round.setting;
  const jugdir = await newJugdir(round, backend);
  const folder = round.newFolder();
  const execute = (...flags: string[]) =>
    round.run(jugCommand("execute", "relay.ts", { args: [folder, tasks], jugdir, flags }));
  const first = execute("--target", "first", "--concurrency", String(tasks));
  // If it fails, it does not begin. Then its own error is the one to report.
  await Promise.race([first, appears(`${folder}/begun`, signal)]);
  const then = execute();
  await Promise.race([then, appears(`${folder}/loaded`, signal)]);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  Deno.writeTextFileSync(`${folder}/go`, "");
  await Promise.all([first, then]);
  const delays = Array.from({ length: tasks }, (_, index) => Number(Deno.readTextFileSync(`${folder}/${index}`)));
  if (delays.some(Number.isNaN)) throw new Unavailable("a dependent was run by the process that it waits for");
  return median(delays);
}

/** Rows for the file backend on one host, and for Redis. */
export function waitingRows(size: Size): readonly Row[] {
  const tasks = size(10);
  const row = (backend: BackendName, most: number): Row => ({
    name: `${backend}, from the last dependency to the start in another process, median of ${count(tasks)}`,
    unit: "ms",
    target: { kind: "most", value: most },
    measure: (round) => delay(round, backend, tasks),
  });
  return [row("file", 20), row("redis", 3)];
}
