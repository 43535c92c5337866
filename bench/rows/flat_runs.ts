/**
 * Runs of many tasks that do nothing, which several rows compare.
 *
 * @module
 */
import { jugCommand, type Ran, type RunOptions } from "../processes.ts";
import { emptyRedis, oncePerRound, type Round } from "../round.ts";
import { pythonJug } from "../yardsticks/python_jug.ts";

/** A run that has ended, and where its results are. */
export interface Finished extends Ran {
  readonly jugdir: string;
}

/** A kind of backend. */
export type BackendName = "file" | "sqlite" | "memory:" | "redis";

/** Returns the address of a new jugdir. */
export async function newJugdir(round: Round, backend: BackendName): Promise<string> {
  switch (backend) {
    case "file":
      return `${round.newFolder()}/jugdata`;
    case "sqlite":
      return `sqlite:${round.newFolder()}/jug.db`;
    case "memory:":
      return "memory:";
    case "redis":
      return (await emptyRedis(round)).address;
  }
}

/** Runs `execute` on a new jugdir. */
export async function executeNew(
  round: Round,
  backend: BackendName,
  options: RunOptions & {
    readonly jugfile: string;
    readonly args: readonly number[];
    readonly flags?: readonly string[];
  },
): Promise<Finished> {
  const { jugfile, args, flags = [], ...others } = options;
  const jugdir = await newJugdir(round, backend);
  return { ...await round.run(jugCommand("execute", jugfile, { args, jugdir, flags }), others), jugdir };
}

/** Runs of `tasks` tasks that do nothing. Each is made once a round. */
export interface FlatRuns {
  readonly tasks: number;
  /** `execute` with one worker. */
  readonly ours: Readonly<Record<BackendName, (round: Round) => Promise<Finished>>>;
  /** `execute` of one task: little more than the start. */
  readonly one: Readonly<Record<BackendName, (round: Round) => Promise<Finished>>>;
  /** `execute` of Python's jug with one process. */
  readonly python: Readonly<Record<"file" | "redis", (round: Round) => Promise<Finished>>>;
}

/** Describes runs of so many tasks. */
export function flatRuns(tasks: number): FlatRuns {
  const ours = (backend: BackendName, tasks: number) =>
    oncePerRound((round) => executeNew(round, backend, { jugfile: "flat.ts", args: [tasks] }));
  const all = (tasks: number) => ({
    file: ours("file", tasks),
    sqlite: ours("sqlite", tasks),
    "memory:": ours("memory:", tasks),
    redis: ours("redis", tasks),
  });
  const python = (address: (round: Round) => Promise<string>) =>
    oncePerRound(async (round) => {
      const jugdir = await address(round);
      return { ...await pythonJug(round, "execute", { jugfile: "flat.py", args: [tasks], jugdir }), jugdir };
    });
  return {
    tasks,
    ours: all(tasks),
    one: all(1),
    python: {
      file: python((round) => Promise.resolve(`${round.newFolder()}/jugdata`)),
      redis: python(async (round) => `${(await emptyRedis(round)).address}/`),
    },
  };
}
