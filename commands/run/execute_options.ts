/**
 * The options of `jug execute`, checked.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { DEFAULT_LEASE_MS, LONGEST_WAIT_MS, MOST_OF_A_RESOURCE } from "../../core/limits.ts";
import type { OptionValues } from "../cli/command.ts";
import { type IsolateOptions, isolateOptions } from "./isolate_options.ts";
import { flagOption, numberOption, textOption } from "../cli/option_values.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";

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
  /** Whether types are checked first. */
  readonly check: boolean;
  /** Whether tasks are checked for changing their arguments, and the jugfile for declaring other tasks each time. */
  readonly debug: boolean;
  /** The worker waits for a debugger at this port; 0 is a free one. */
  readonly inspectPort: number | undefined;
  /** Whether JUG_MAX_TASKS and its like, and the stop file, are looked at. */
  readonly checkEnvironment: boolean;
}

/**
 * Checks what the parser found.
 *
 * @throws {JugError} of kind "usage", naming the option.
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
    cacheBytes: numberOption(textOption(values, "cacheSize"), { flag: "--cache-size", fallback: 256, min: 0 }) *
      2 ** 20,
    check: flagOption(values, "check"),
    debug: flagOption(values, "debug"),
    inspectPort: inspectPort(values),
    checkEnvironment: values["checkEnvironment"] !== false,
  };
}

/** The lease in whole milliseconds, which a timer can wait for. */
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

/** Where the worker waits for a debugger, if it does. */
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
    remedy: "A debugger looks at one worker: leave out --workers",
  });
}

/** `gpu=2,disk=1` as numbers by name. */
function resourcesOption(text: string | undefined): Readonly<Record<string, number>> {
  const resources = new Map<string, number>();
  const refuse = (what: string, remedy: string): never => {
    throw new JugError("usage", `option '--resources' ${what}`, { remedy });
  };
  for (const part of text === undefined ? [] : text.split(",")) {
    const [, name, digits] = /^([\w-]+)=(\d+)$/.exec(part.trim()) ?? [];
    if (name === undefined || digits === undefined) {
      return refuse(`holds ${JSON.stringify(part)}`, "Write names and whole numbers: --resources gpu=2,disk=1");
    }
    if (resources.has(name)) refuse(`names ${name} twice`, "Give each resource once, with all that there is of it");
    const amount = Number(digits);
    if (amount > MOST_OF_A_RESOURCE) {
      refuse(
        `gives ${digits} of ${name}, more than ${MOST_OF_A_RESOURCE}`,
        "Count in larger units, here and in the tasks' resources: megabytes instead of bytes",
      );
    }
    resources.set(name, amount);
  }
  return Object.fromEntries(resources);
}
