/**
 * Declares the options of `jug execute`.
 *
 * @module
 */
import { DEFAULT_LEASE_MS, LONGEST_WAIT_MS } from "../../core/defaults.ts";
import { JugError } from "../../core/errors.ts";
import { taskPattern } from "../../core/pattern.ts";
import type { OptionDeclaration } from "../cli/declaration.ts";
import type { NumberDeclaration } from "../cli/option_values.ts";
import { ENDING_OPTIONS } from "./ending_options.ts";
import { ISOLATE_OPTIONS } from "./isolate_options.ts";
import { resourceAmounts } from "./resource_amounts.ts";

const ONE_RUN = "A debugger is for single runs; give it on the command line";
const ONE_RUN_NAME = "It names one process; give it on the command line";
const LAST_PORT = 65_535;

/** Refuses a name that could not be found again in a list of processes. */
function jobLabel(text: string, subject = "option '--job'"): string {
  if (/^[\w.:@-]{1,300}$/.test(text)) return text;
  throw new JugError("usage", `${subject} cannot be ${JSON.stringify(text)}`, {
    remedy: "Give letters, digits and the signs . : @ _ -, at most 300",
  });
}

/** `--workers`; "auto" means one per processor. */
export const WORKERS = {
  flags: "-j, --workers <n>",
  description: "how many threads run tasks, or auto: one per processor",
  value: { kind: "number", fallback: 1, whole: true, min: 1, words: ["auto"] },
  yieldsTo: ["inspect", "inspectPort", "pdb"],
} as const satisfies NumberDeclaration;

/** `--concurrency` */
export const CONCURRENCY = {
  flags: "--concurrency <n>",
  description: "how many asynchronous tasks each worker runs at once",
  value: { kind: "number", fallback: 1, whole: true, min: 1 },
} as const satisfies NumberDeclaration;

/** `--max-failures` */
export const MAX_FAILURES = {
  flags: "--max-failures <n>",
  description: "continue after failures, and stop after n of them",
  value: { kind: "number", whole: true, min: 1 },
} as const satisfies NumberDeclaration;

/** `--lease`, in seconds: at most as long as a timer can wait */
export const LEASE = {
  flags: "--lease <seconds>",
  description: "how long a lock is valid without being renewed",
  value: { kind: "number", fallback: DEFAULT_LEASE_MS / 1000, above: 0, max: Math.floor(LONGEST_WAIT_MS / 1000) },
  isLasting: true,
} as const satisfies NumberDeclaration;

/** `--cache-size`, in megabytes */
export const CACHE_SIZE = {
  flags: "--cache-size <MB>",
  description: "memory for encoded results that other tasks still need",
  value: { kind: "number", fallback: 256, min: 0 },
} as const satisfies NumberDeclaration;

/** `--job` */
export const JOB = {
  flags: "--job <name>",
  description: "a name for this process in listings; jug launch sets it",
  value: { kind: "text", check: jobLabel },
  notInFiles: ONE_RUN_NAME,
} as const satisfies OptionDeclaration;

/** `--inspect-port`; 0 means any free port. */
export const INSPECT_PORT = {
  flags: "--inspect-port <n>",
  description: "the port that the debugger connects to; 0 is any free port",
  value: { kind: "number", fallback: 9229, whole: true, min: 0, max: LAST_PORT },
  notInFiles: ONE_RUN,
} as const satisfies NumberDeclaration;

/** All options, in the order of the help. */
export const EXECUTE_OPTIONS: readonly OptionDeclaration[] = [
  WORKERS,
  CONCURRENCY,
  JOB,
  ...ISOLATE_OPTIONS,
  {
    flags: "--provides <list>",
    description: "resources of this process that tasks share, as in gpu=2,disk=1",
    value: { kind: "text", check: resourceAmounts },
  },
  {
    flags: "--target <pattern>",
    description: "run only tasks of this name: primes.isPrime, isPrime or /regex/",
    value: { kind: "text", names: "task", check: taskPattern },
  },
  {
    flags: "--dry-run",
    description: "print what would be run now, and run nothing",
    conflicts: ["debug", "inspect", "inspectPort", "pdb"],
    notInFiles: ONE_RUN,
  },
  { flags: "-k, --keep-going", description: "continue with other tasks after one failed" },
  MAX_FAILURES,
  { flags: "--keep-failed", description: "keep failures: later runs skip the failed tasks", isLasting: true },
  ...ENDING_OPTIONS,
  LEASE,
  {
    flags: "--durable",
    description: "wait until results are on the disk, so that a power cut loses none",
    isLasting: true,
  },
  CACHE_SIZE,
  {
    flags: "--check",
    description: "check the jugfile's types first, with deno check; run nothing if they are wrong",
  },
  {
    flags: "--debug",
    description:
      "check that no task changes its arguments, and that every load declares the same tasks; report calls that lack arguments",
  },
  {
    flags: "--inspect",
    description: "wait for a debugger, such as that of chrome://inspect",
    notInFiles: ONE_RUN,
  },
  INSPECT_PORT,
  { flags: "--pdb", description: "the old name of --inspect", notInFiles: ONE_RUN },
  { flags: "--no-check-environment", description: "ignore JUG_MAX_TASKS and similar variables, and the stop file" },
];
