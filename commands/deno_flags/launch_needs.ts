/**
 * What `jug launch` itself needs, by the kind of scheduler.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Need } from "./need.ts";
import type { CommandNeeds } from "./own_needs.ts";

/** The programs that are called for each kind. */
const PROGRAMS = {
  slurm: ["sbatch", "squeue", "scancel", "scontrol"],
  sge: ["qsub", "qstat", "qdel", "qconf"],
  pbs: ["qsub", "qstat", "qdel", "qsig"],
  lsf: ["bsub", "bjobs", "bkill", "bparams"],
  kubernetes: ["kubectl"],
  local: ["sh", "ps", "kill"],
  ssh: ["ssh"],
  command: ["sh"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What `jug launch` does with the jugfile and the jugdir, which it creates. */
export const LAUNCH_NEEDS: CommandNeeds = { jugdir: "write", loads: true, threads: false };

/** A kind of scheduler. */
export type SchedulerKind = keyof typeof PROGRAMS;

/** All kinds, in the order of the help. */
export const SCHEDULER_KINDS: readonly SchedulerKind[] = [
  "slurm",
  "sge",
  "pbs",
  "lsf",
  "kubernetes",
  "ssh",
  "local",
  "command",
];

/**
 * Returns the kind of this name.
 *
 * @throws {JugError} of kind "usage" if there is none
 */
export function schedulerKind(word: string | undefined): SchedulerKind {
  const kind = SCHEDULER_KINDS.find((each) => each === word);
  if (kind !== undefined) return kind;
  const what = word === undefined
    ? "jug launch needs a kind of scheduler"
    : `jug launch does not know the kind ${JSON.stringify(word)}`;
  throw new JugError("usage", what, {
    remedy: `Give one of ${SCHEDULER_KINDS.join(", ")}, then the jugfile: jug launch slurm primes.ts`,
  });
}

/**
 * Returns what `jug launch` needs besides what the jugfile and the jugdir need: the scheduler, and a process of Deno
 * that finds out what workers need.
 *
 * @param logs The folder of logs
 */
export function launchNeeds(kind: SchedulerKind, logs: string): Need[] {
  const programs = [...PROGRAMS[kind], ...Deno.build.standalone ? [] : [Deno.execPath()]];
  return [
    ...programs.map((value): Need => ({ kind: "run", value })),
    { kind: "read", value: logs },
    { kind: "write", value: logs },
  ];
}
