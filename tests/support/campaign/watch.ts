/**
 * What a test of real processes can observe: the notes of the tasks, the files of the jugdir, and the results in it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { LockEntry } from "../../../backends/backend.ts";
import { until } from "../file/file_processes.ts";
import { leftBehind, type Leftovers, leftoversIn, locksIn, namesIn } from "./left_behind.ts";
import { type RunningJug, type RunOptions, startJug } from "../run_jug.ts";
import { withTempDir } from "../temp_dir.ts";

/** An event that a task noted. */
export interface Note {
  readonly event: string;
  readonly id: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A jugdir and a folder of notes, for processes that run the same jugfile. */
export interface Scene {
  /** The folder of the tasks' notes. */
  readonly notes: string;
  readonly jugdir: string;
  /** Starts `jug execute` of a sample jugfile on the jugdir. Processes that still run when the test ends are killed. */
  start(jugfile: string, args: readonly string[], options?: RunOptions): RunningJug;
  /** Like `start`, for holds.ts with these tasks and options of jug. */
  hold(tasks: readonly string[], jugOptions?: readonly string[], options?: RunOptions): RunningJug;
  /** Returns all notes of the tasks so far, ordered by process. */
  read(): Note[];
  /** Waits until the task `id` has begun, in process `pid` if given. */
  begun(id: string, pid?: number): Promise<Note>;
  /** Lets the task `id` end, only in process `pid` if given. */
  letEnd(id: string, pid?: number): void;
  /** Returns the locks in the jugdir. */
  locks(): Promise<LockEntry[]>;
  /** Returns what is in the jugdir besides results and failures. */
  leftovers(): Promise<Leftovers>;
  /** Returns every result in the jugdir: its value, or why it is damaged. */
  results(): Promise<unknown[]>;
}

/** Returns the path of a sample jugfile. */
export function sampleJugfile(name: string): string {
  return fileURLToPath(new URL(`../../jugfiles/${name}`, import.meta.url));
}

/**
 * Calls `use` with a new scene. `addressOf` returns the jugdir's address for the scene's folder; default: a file
 * jugdir.
 */
export function withScene(
  use: (scene: Scene) => Promise<void>,
  addressOf: (folder: string) => string = (folder) => `${folder}/jugdata`,
): Promise<void> {
  return withTempDir(async (folder) => {
    const notes = `${folder}/notes`;
    await Deno.mkdir(notes);
    const running = new Set<RunningJug>();
    try {
      await use(makeScene(notes, addressOf(folder), running));
    } finally {
      await Promise.all([...running].map(end));
    }
  });
}

async function end(jug: RunningJug): Promise<void> {
  try {
    jug.kill("SIGKILL");
  } catch (error) {
    // It has already ended.
    if (!(error instanceof TypeError)) throw error;
  }
  await jug.result;
}

function makeScene(notes: string, jugdir: string, running: Set<RunningJug>): Scene {
  const start: Scene["start"] = (jugfile, args, options) => {
    const jug = startJug(["execute", sampleJugfile(jugfile), ...args, "--jugdir", jugdir], options);
    running.add(jug);
    jug.result.finally(() => running.delete(jug));
    return jug;
  };
  const read = () => namesIn(notes).filter((name) => name.endsWith(".notes")).flatMap((name) => readNotes(notes, name));
  return {
    notes,
    jugdir,
    start,
    hold: (tasks, jugOptions = [], options) => start("holds.ts", [notes, ...tasks, ...jugOptions], options),
    read,
    begun: (id, pid) =>
      until(`${id} to begin`, () => {
        const isIt = (note: Note) => note.event === "begin" && note.id === id && (pid ?? note.pid) === note.pid;
        return Promise.resolve(read().find(isIt));
      }),
    letEnd: (id, pid) => Deno.writeTextFileSync(`${notes}/${id}.${pid === undefined ? "" : `${pid}.`}go`, ""),
    locks: () => locksIn(jugdir),
    leftovers: () => leftoversIn(jugdir),
    results: async () => (await leftBehind(jugdir)).values,
  };
}

function readNotes(folder: string, name: string): Note[] {
  const pid = Number(name.split(".", 1)[0]);
  // The text after the last line end may be an incomplete line.
  const lines = Deno.readTextFileSync(`${folder}/${name}`).split("\n").slice(0, -1);
  return lines.map((line) => {
    const [event = "", id = "", time] = line.split(" ");
    return { event, id, pid, time: Number(time) };
  });
}
