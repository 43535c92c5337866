/**
 * The options of `jug execute` that say when a process ends, and how.
 *
 * @module
 */
import type { CommandContext } from "../cli/command.ts";
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { type NumberDeclaration, numberOf, textOption } from "../cli/option_values.ts";
import { pointInTime } from "./point_in_time.ts";
import { timeSpan } from "./time_span.ts";

/** When a process ends, and how. */
export interface EndingOptions {
  /** How long running tasks may continue after a signal, in milliseconds; `undefined`: as long as the system lets them. */
  readonly graceMs: number | undefined;
  /** How long the process may take, in milliseconds, and as the user wrote it. */
  readonly timeMs: number | undefined;
  readonly timeText: string | undefined;
  /** When the process has to end, in milliseconds since 1970, and as the user wrote it. */
  readonly deadline: number | undefined;
  readonly deadlineText: string | undefined;
  /** How long the process waits for tasks that other processes hold before it gives up, in milliseconds. */
  readonly idleMs: number;
}

const TIME = {
  flags: "--time <time>",
  description: "begin no task that is not expected to end in this time, counted from the start, as in 2h30m",
  value: { kind: "text", check: timeSpan },
} as const satisfies OptionDeclaration;

const DEADLINE = {
  flags: "--deadline <date>",
  description: "the same, with the time of the end, as in 2026-12-24T18:00",
  value: { kind: "text", check: pointInTime },
  notInFiles: "A point in time is for single runs; give it on the command line",
} as const satisfies OptionDeclaration;

const IDLE = {
  flags: "--idle <time>",
  description: "end after waiting so long for tasks that other processes hold, as in 2m",
  value: { kind: "text", check: timeSpan, fallback: "30m" },
  conflicts: ["nrWaitCycles", "waitCycleTime"],
} as const satisfies OptionDeclaration;

const NR_WAIT_CYCLES = {
  flags: "--nr-wait-cycles <n>",
  description: "an older way to say --idle: how many times to wait for tasks that other processes hold",
  value: { kind: "number", fallback: 150, whole: true, min: 0 },
} as const satisfies NumberDeclaration;

/** In seconds. */
const WAIT_CYCLE_TIME = {
  flags: "--wait-cycle-time <seconds>",
  description: "how long each of these waits is",
  value: { kind: "number", fallback: 12, min: 0 },
} as const satisfies NumberDeclaration;

const GRACE = {
  flags: "--grace <time>",
  description:
    "after SIGTERM, finish tasks that end within this time, as in 20s (default 8s; 25s under Slurm or Kubernetes)",
  value: { kind: "text", check: timeSpan },
} as const satisfies OptionDeclaration;

/** The declarations for the parser. */
export const ENDING_OPTIONS: readonly OptionDeclaration[] = [
  TIME,
  DEADLINE,
  IDLE,
  NR_WAIT_CYCLES,
  WAIT_CYCLE_TIME,
  GRACE,
];

/**
 * Checks the values that the parser found.
 *
 * @throws {JugError} of kind "usage" that names a bad option.
 */
export function endingOptions(values: OptionValues): EndingOptions {
  const idle = textOption(values, "idle");
  const grace = textOption(values, "grace");
  const time = textOption(values, "time");
  const deadline = textOption(values, "deadline");
  return {
    timeMs: time === undefined ? undefined : timeSpan(time, "option '--time'"),
    timeText: time,
    deadline: deadline === undefined ? undefined : pointInTime(deadline, "option '--deadline'"),
    deadlineText: deadline,
    graceMs: grace === undefined ? undefined : timeSpan(grace, "option '--grace'"),
    idleMs: idle === undefined
      ? numberOf(values, NR_WAIT_CYCLES) * numberOf(values, WAIT_CYCLE_TIME) * 1000
      : timeSpan(idle, "option '--idle'"),
  };
}

/** `docker stop` kills ten seconds after SIGTERM. */
const GRACE_MS = 8000;
/** Slurm and Kubernetes kill 30 seconds after SIGTERM, unless they are configured otherwise. Five are left for the end. */
const SCHEDULER_GRACE_MS = 25_000;
/** A person who presses Ctrl-C waits for the prompt. */
const INTERRUPT_GRACE_MS = 1000;
/** Variables that schedulers set which give a job 30 seconds. */
const SCHEDULERS = ["SLURM_JOB_ID", "KUBERNETES_SERVICE_HOST"];

/** What remains for the end, in milliseconds, if the time of the end is known. */
const LEAVE_MS = 5000;

/**
 * Returns how long running tasks may continue after a signal of this name, in milliseconds.
 *
 * @param leftMs How much time the process has; `undefined`: it is not limited
 */
export function graceOf(
  signal: string,
  { graceMs }: Pick<EndingOptions, "graceMs">,
  { env }: Pick<CommandContext, "env">,
  leftMs: number | undefined,
): number {
  if (signal === "SIGINT") return Math.min(graceMs ?? INTERRUPT_GRACE_MS, INTERRUPT_GRACE_MS);
  if (graceMs !== undefined) return graceMs;
  // These are sent ahead of the end. SIGTERM means that the process is killed soon, whatever the time of its job is.
  if ((signal === "SIGUSR1" || signal === "SIGUSR2") && leftMs !== undefined && leftMs > LEAVE_MS) {
    return leftMs - LEAVE_MS;
  }
  return SCHEDULERS.some((name) => env(name)) ? SCHEDULER_GRACE_MS : GRACE_MS;
}
