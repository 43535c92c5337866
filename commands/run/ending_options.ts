/**
 * The options of `jug execute` that say when a process ends, and how.
 *
 * @module
 */
import type { CommandContext } from "../cli/command.ts";
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { type NumberDeclaration, numberOf, textOption } from "../cli/option_values.ts";
import { timeSpan } from "./time_span.ts";

/** When a process ends, and how. */
export interface EndingOptions {
  /** How long running tasks may continue after a signal, in milliseconds; `undefined`: as long as the system lets them. */
  readonly graceMs: number | undefined;
  /** How long the process waits for tasks that other processes hold before it gives up, in milliseconds. */
  readonly idleMs: number;
}

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
export const ENDING_OPTIONS: readonly OptionDeclaration[] = [IDLE, NR_WAIT_CYCLES, WAIT_CYCLE_TIME, GRACE];

/**
 * Checks the values that the parser found.
 *
 * @throws {JugError} of kind "usage" that names a bad option.
 */
export function endingOptions(values: OptionValues): EndingOptions {
  const idle = textOption(values, "idle");
  const grace = textOption(values, "grace");
  return {
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

/** Returns how long running tasks may continue after a signal of this name, in milliseconds. */
export function graceOf(signal: string, { graceMs }: EndingOptions, { env }: Pick<CommandContext, "env">): number {
  if (signal === "SIGINT") return Math.min(graceMs ?? INTERRUPT_GRACE_MS, INTERRUPT_GRACE_MS);
  return graceMs ?? (SCHEDULERS.some((name) => env(name)) ? SCHEDULER_GRACE_MS : GRACE_MS);
}
