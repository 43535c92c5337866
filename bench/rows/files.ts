/**
 * How many files and folders a jugdir has, at most, while it is worked on.
 *
 * @module
 */
import { jugCommand } from "../processes.ts";
import type { Round } from "../round.ts";
import { count, type Row, type Size } from "../row.ts";
import { newJugdir } from "./flat_runs.ts";

/** The pause between two counts. */
const PAUSE_MS = 50;
/** How many short processes run at a time. Each may have so many files in addition. */
const LANES = 2;
const FILES_OF_LIVING = 4;
/** Of so many short processes, one is killed. */
const KILLED = 10;

/** Returns how many files and folders there are below a folder. What vanishes meanwhile counts or not. */
function entriesBelow(folder: string): number {
  let entries = 0;
  try {
    for (const entry of Deno.readDirSync(folder)) {
      entries++;
      if (entry.isDirectory) entries += entriesBelow(`${folder}/${entry.name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return entries;
}

/** Returns the largest number of entries while `running` lasts. */
async function mostEntries(folder: string, running: Promise<unknown>): Promise<number> {
  let [most, isOver] = [0, false];
  const over = running.finally(() => isOver = true);
  // It is awaited below; until then it must not count as unhandled.
  over.catch(() => {});
  while (!isOver) {
    most = Math.max(most, entriesBelow(folder));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await over;
  return Math.max(most, entriesBelow(folder));
}

async function manyWorkers(round: Round, tasks: number): Promise<number> {
  const jugdir = await newJugdir(round, "file");
  const command = jugCommand("execute", "flat.ts", { args: [tasks], jugdir, flags: ["--workers", "2"] });
  return await mostEntries(jugdir, Promise.all(Array.from({ length: 4 }, () => round.run(command))));
}

async function shortProcesses(round: Round, processes: number, tasksOfEach: number): Promise<number> {
  const jugdir = await newJugdir(round, "file");
  const numbers = Array.from({ length: processes }, (_, index) => index).values();
  const lane = async () => {
    for (const index of numbers) {
      const isKilled = index % KILLED === KILLED - 1;
      const args = [index * tasksOfEach, tasksOfEach, ...(isKilled ? ["dies"] : [])];
      await round.run(jugCommand("execute", "short.ts", { args, jugdir }), {
        accepts: ({ success, signal }) => isKilled ? signal === "SIGKILL" : success,
      });
    }
  };
  return await mostEntries(jugdir, Promise.all(Array.from({ length: LANES }, lane)));
}

/** Rows for the files of a million small results. */
export function fileRows(size: Size): readonly Row[] {
  const tasks = size(1_000_000);
  const processes = size(1_000);
  const tasksOfEach = Math.ceil(tasks / processes);
  return [{
    name: `entries of a jugdir, ${count(tasks)} results, 8 workers in 4 processes`,
    unit: "files and folders",
    target: { kind: "most", value: 2_000 },
    measure: (round) => manyWorkers(round, tasks),
  }, {
    name: `entries of a jugdir, ${count(processes)} processes came and went, one in ${KILLED} killed`,
    unit: "files and folders",
    target: { kind: "most", value: 2_000 + FILES_OF_LIVING * LANES },
    measure: (round) => shortProcesses(round, processes, tasksOfEach),
  }];
}
