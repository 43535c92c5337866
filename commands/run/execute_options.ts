/**
 * Parses and checks the options of `jug execute`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { DEFAULT_LEASE_MS, LONGEST_WAIT_MS, MOST_OF_A_RESOURCE } from "../../core/defaults.ts";
import type { OptionValues } from "../cli/command.ts";
import { type IsolateOptions, isolateOptions } from "./isolate_options.ts";
import { flagOption, numberOption, textOption } from "../cli/option_values.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";

/** The checked options of `jug execute`. */
export interface ExecuteOptions {
  /** The number of workers; "auto" means one per processor. */
  readonly workers: number | "auto";
  /** Set if each worker runs in its own process. */
  readonly isolate: IsolateOptions | undefined;
  /** The number of asynchronous tasks that each worker runs at once. */
  readonly concurrency: number;
  /** The amount of each resource that this process has. */
  readonly resources: Readonly<Record<string, number>>;
  /** The tasks to run; `undefined` for all. */
  readonly target: TaskPattern | undefined;
  /** Whether to continue with other tasks after one failed. */
  readonly keepGoing: boolean;
  /** The number of failures that end the run. The run continues until then. */
  readonly maxFailures: number | undefined;
  /** Whether to keep the failures of this run, so that later runs do not try the tasks again. */
  readonly keepFailed: boolean;
  /** The number of times to wait for tasks that other processes hold before giving up. */
  readonly nrWaitCycles: number;
  /** The length of each of these waits, in milliseconds. */
  readonly waitCycleMs: number;
  /** How long a lock is valid without being renewed, in milliseconds. */
  readonly leaseMs: number;
  /** Whether results must be on the disk before they count. */
  readonly durable: boolean;
  /** The maximum size of the encoded results that this process keeps in memory, in bytes. */
  readonly cacheBytes: number;
  /** Whether to check the jugfile's types first. */
  readonly check: boolean;
  /** Whether to print what would be run instead of running it. */
  readonly dryRun: boolean;
  /** Whether to check that tasks do not change their arguments, and that every load declares the same tasks. */
  readonly debug: boolean;
  /** The port at which the worker waits for a debugger, if it does; 0 means any free port. */
  readonly inspectPort: number | undefined;
  /** Whether to check environment variables such as JUG_MAX_TASKS, and the stop file. */
  readonly checkEnvironment: boolean;
}

/**
 * Checks the values that the parser found.
 *
 * @throws {JugError} of kind "usage" that names a bad option.
 */
export function executeOptions(values: OptionValues): ExecuteOptions {
  const workers = textOption(values, "workers");
  const target = textOption(values, "target");
  const maxFailures = textOption(values, "maxFailures");
  const waitCycle = { flag: "--wait-cycle-time", fallback: 12, min: 0 };
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
    waitCycleMs: numberOption(textOption(values, "waitCycleTime"), waitCycle) * 1000,
    leaseMs: leaseOption(values),
    durable: flagOption(values, "durable"),
    cacheBytes: numberOption(textOption(values, "cacheSize"), { flag: "--cache-size", fallback: 256, min: 0 }) *
      2 ** 20,
    check: flagOption(values, "check"),
    dryRun: flagOption(values, "dryRun"),
    debug: flagOption(values, "debug"),
    inspectPort: inspectPort(values),
    checkEnvironment: values["checkEnvironment"] !== false,
  };
}

/** Returns the lease in whole milliseconds, at most as long as a timer can wait. */
function leaseOption(values: OptionValues): number {
  const text = textOption(values, "lease");
  const flag = "--lease";
  const ms = Math.max(1, Math.round(numberOption(text, { flag, fallback: DEFAULT_LEASE_MS / 1000, above: 0 }) * 1000));
  if (ms <= LONGEST_WAIT_MS) return ms;
  throw new JugError("usage", `option '${flag}' cannot be ${JSON.stringify(text)}`, {
    remedy: `Give a number of seconds, at most ${Math.floor(LONGEST_WAIT_MS / 1000)}`,
  });
}

const LAST_PORT = 65_535;

/** Returns the port at which the worker waits for a debugger, if it does. */
function inspectPort(values: OptionValues): number | undefined {
  const text = textOption(values, "inspectPort");
  const flag = "--inspect-port";
  const port = numberOption(text, { flag, fallback: 9229, whole: true, min: 0 });
  if (port > LAST_PORT) {
    throw new JugError("usage", `option '${flag}' cannot be ${JSON.stringify(text)}`, {
      remedy: `Give a whole number, 0 to ${LAST_PORT}`,
    });
  }
  if (text === undefined && !flagOption(values, "inspect") && !flagOption(values, "pdb")) return undefined;
  const workers = textOption(values, "workers");
  if (workers === undefined || workers === "1") return port;
  throw new JugError("usage", "option '--inspect' cannot be used with '--workers'", {
    remedy: "Leave out --workers: a debugger connects to one worker",
  });
}

/** Parses amounts by resource name, as in `gpu=2,disk=1`. */
function resourcesOption(text: string | undefined): Readonly<Record<string, number>> {
  const resources = new Map<string, number>();
  const refuse = (what: string, remedy: string): never => {
    throw new JugError("usage", `option '--resources' ${what}`, { remedy });
  };
  for (const part of text === undefined ? [] : text.split(",")) {
    const [, name, digits] = /^([\w-]+)=(\d+)$/.exec(part.trim()) ?? [];
    if (name === undefined || digits === undefined) {
      return refuse(
        `cannot contain ${JSON.stringify(part)}`,
        "Write names and whole numbers: --resources gpu=2,disk=1",
      );
    }
    if (resources.has(name)) refuse(`names ${name} twice`, "Give each resource once, with its total amount");
    const amount = Number(digits);
    if (amount > MOST_OF_A_RESOURCE) {
      refuse(
        `gives ${digits} of ${name}, more than ${MOST_OF_A_RESOURCE}`,
        "Count in larger units, here and in the tasks' resources, such as megabytes instead of bytes",
      );
    }
    resources.set(name, amount);
  }
  return Object.fromEntries(resources);
}
