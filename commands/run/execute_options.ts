/**
 * Parses and checks the options of `jug execute`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { OptionValues } from "../cli/command.ts";
import { flagOption, numberOf, textOption } from "../cli/option_values.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";
import { CACHE_SIZE, CONCURRENCY, INSPECT_PORT, LEASE, MAX_FAILURES, WORKERS } from "./execute_declarations.ts";
import { type EndingOptions, endingOptions } from "./ending_options.ts";
import { type IsolateOptions, isolateOptions } from "./isolate_options.ts";
import { resourceAmounts } from "./resource_amounts.ts";

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
  /** When the process ends, and how. */
  readonly ending: EndingOptions;
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
  const target = textOption(values, "target");
  const resources = textOption(values, "provides");
  return {
    workers: textOption(values, "workers") === "auto" ? "auto" : numberOf(values, WORKERS),
    isolate: isolateOptions(values),
    concurrency: numberOf(values, CONCURRENCY),
    resources: resources === undefined ? {} : resourceAmounts(resources),
    target: target === undefined ? undefined : taskPattern(target),
    keepGoing: flagOption(values, "keepGoing"),
    maxFailures: numberOf(values, MAX_FAILURES),
    keepFailed: flagOption(values, "keepFailed"),
    ending: endingOptions(values),
    leaseMs: Math.max(1, Math.round(numberOf(values, LEASE) * 1000)),
    durable: flagOption(values, "durable"),
    cacheBytes: numberOf(values, CACHE_SIZE) * 2 ** 20,
    check: flagOption(values, "check"),
    dryRun: flagOption(values, "dryRun"),
    debug: flagOption(values, "debug"),
    inspectPort: inspectPort(values),
    checkEnvironment: values["checkEnvironment"] !== false,
  };
}

/** Returns the port at which the worker waits for a debugger, if it does. */
function inspectPort(values: OptionValues): number | undefined {
  const isGiven = textOption(values, "inspectPort") !== undefined;
  const port = numberOf(values, INSPECT_PORT);
  if (!isGiven && !flagOption(values, "inspect") && !flagOption(values, "pdb")) return undefined;
  const workers = textOption(values, "workers");
  if (workers === undefined || workers === "1") return port;
  throw new JugError("usage", "option '--inspect' cannot be used with '--workers'", {
    remedy: "Leave out --workers: a debugger connects to one worker",
  });
}
