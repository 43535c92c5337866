/**
 * `jug execute`: its options. What they do is in execute.ts, which is loaded only when it runs.
 *
 * @module
 */
import { JugError } from "../core/errors.ts";
import type { Command, OptionValues } from "./command.ts";
import { ISOLATE_OPTIONS, type IsolateOptions, isolateOptions } from "./isolate_options.ts";
import { flagOption, numberOption, textOption } from "./option_values.ts";
import { type TaskPattern, taskPattern } from "../core/pattern.ts";

/** The options of `jug execute`, checked. */
export interface ExecuteOptions {
  /** How many threads run tasks; "auto" is one a processor. */
  readonly workers: number | "auto";
  /** Set where each worker is a process of its own. */
  readonly isolate: IsolateOptions | undefined;
  /** How many asynchronous tasks a worker runs at once. */
  readonly concurrency: number;
  /** What this process has of each resource. */
  readonly resources: Readonly<Record<string, number>>;
  /** Which tasks run; all of them where it is missing. */
  readonly target: TaskPattern | undefined;
  /** Whether other tasks go on after one failed. */
  readonly keepGoing: boolean;
  /** How many failures end the run, which goes on up to there. */
  readonly maxFailures: number | undefined;
  /** Whether the failures of this run are kept, so that later runs leave the tasks alone. */
  readonly keepFailed: boolean;
  /** How often it waits for tasks that others hold before it gives up. */
  readonly nrWaitCycles: number;
  /** How long each of these waits is, in milliseconds. */
  readonly waitCycleMs: number;
  /** How long a lock holds without being renewed, in milliseconds. */
  readonly leaseMs: number;
  /** How many bytes of encoded results this process keeps in memory at most. */
  readonly cacheBytes: number;
  /** Whether tasks are checked for changing their arguments, and the jugfile for declaring other tasks each time. */
  readonly debug: boolean;
  /** The worker waits for a debugger at this port; 0 is a free one. */
  readonly inspectPort: number | undefined;
  /** Whether JUG_MAX_TASKS and its like, and the stop file, are looked at. */
  readonly checkEnvironment: boolean;
}

/** The subcommand. */
export const execute: Command = {
  name: "execute",
  summary: "Run the tasks that are not finished",
  options: [
    { flags: "--workers <n>", description: "how many threads run tasks, or auto: one a processor (default: 1)" },
    { flags: "--concurrency <n>", description: "how many asynchronous tasks each worker runs at once (default: 1)" },
    ...ISOLATE_OPTIONS,
    { flags: "--resources <list>", description: "what tasks may take of this process, as in gpu=2,disk=1" },
    { flags: "--target <pattern>", description: "run only tasks of this name: primes.isPrime, isPrime or /regex/" },
    { flags: "--keep-going", description: "go on with other tasks after one failed" },
    { flags: "--max-failures <n>", description: "go on after failures, and stop at so many" },
    { flags: "--keep-failed", description: "keep failures: later runs leave the failed tasks alone" },
    {
      flags: "--nr-wait-cycles <n>",
      description: "how often to wait for tasks held by others before giving up (default: 150)",
    },
    { flags: "--wait-cycle-time <seconds>", description: "how long each of these waits is (default: 12)" },
    { flags: "--lease <seconds>", description: "how long a lock holds that nobody renews (default: 30)" },
    { flags: "--cache-size <MB>", description: "how much of the results is kept in memory, encoded (default: 256)" },
    {
      flags: "--debug",
      description: "check that no task changes its arguments, and that every load declares the same",
    },
    { flags: "--inspect", description: "wait for a debugger, such as that of chrome://inspect" },
    { flags: "--inspect-port <n>", description: "where it connects; 0 is any free port (default: 9229)" },
    { flags: "--pdb", description: "the old name of --inspect" },
    { flags: "--no-check-environment", description: "ignore JUG_MAX_TASKS and its like, and the stop file" },
  ],
  prepare(values) {
    const options = executeOptions(values);
    return async (context) => (await import("./execute.ts")).runExecute(context, options);
  },
};

/**
 * Checks what the parser found.
 *
 * @throws {JugError} of kind "usage", naming the option.
 */
export function executeOptions(values: OptionValues): ExecuteOptions {
  const workers = textOption(values, "workers");
  const target = textOption(values, "target");
  const maxFailures = textOption(values, "maxFailures");
  const seconds = (key: string, flag: string, fallback: number, limit: { min: number } | { above: number }) =>
    numberOption(textOption(values, key), { flag, fallback, ...limit }) * 1000;
  return {
    workers: workers === "auto"
      ? "auto"
      : numberOption(workers, { flag: "--workers", fallback: 1, whole: true, min: 1, or: "auto" }),
    isolate: isolateOptions(values),
    concurrency: numberOption(textOption(values, "concurrency"), {
      flag: "--concurrency",
      fallback: 1,
      whole: true,
      min: 1,
    }),
    resources: resourcesOption(textOption(values, "resources")),
    target: target === undefined ? undefined : taskPattern(target),
    keepGoing: flagOption(values, "keepGoing"),
    maxFailures: maxFailures === undefined
      ? undefined
      : numberOption(maxFailures, { flag: "--max-failures", fallback: 1, whole: true, min: 1 }),
    keepFailed: flagOption(values, "keepFailed"),
    nrWaitCycles: numberOption(textOption(values, "nrWaitCycles"), {
      flag: "--nr-wait-cycles",
      fallback: 150,
      whole: true,
      min: 0,
    }),
    waitCycleMs: seconds("waitCycleTime", "--wait-cycle-time", 12, { min: 0 }),
    leaseMs: seconds("lease", "--lease", 30, { above: 0 }),
    cacheBytes: numberOption(textOption(values, "cacheSize"), { flag: "--cache-size", fallback: 256, min: 0 }) *
      2 ** 20,
    debug: flagOption(values, "debug"),
    inspectPort: inspectPort(values),
    checkEnvironment: values["checkEnvironment"] !== false,
  };
}

/** Where the worker waits for a debugger, if it does. */
function inspectPort(values: OptionValues): number | undefined {
  const text = textOption(values, "inspectPort");
  const flag = "--inspect-port";
  const port = numberOption(text, { flag, fallback: 9229, whole: true, min: 0 });
  if (text === undefined && !flagOption(values, "inspect") && !flagOption(values, "pdb")) return undefined;
  const workers = textOption(values, "workers");
  if (workers === undefined || workers === "1") return port;
  throw new JugError("usage", "option '--inspect' cannot be used with '--workers'", {
    remedy: "A debugger looks at one worker: leave out --workers",
  });
}

/** `gpu=2,disk=1` as numbers by name. */
function resourcesOption(text: string | undefined): Readonly<Record<string, number>> {
  const resources: Record<string, number> = {};
  for (const part of text === undefined ? [] : text.split(",")) {
    const [, name, amount] = /^([\w-]+)=(\d+)$/.exec(part.trim()) ?? [];
    if (name === undefined || amount === undefined) {
      throw new JugError("usage", `option '--resources' holds ${JSON.stringify(part)}`, {
        remedy: "Write names and whole numbers: --resources gpu=2,disk=1",
      });
    }
    resources[name] = Number(amount);
  }
  return resources;
}
