/**
 * Reads limits that end a run early from the environment: `JUG_MAX_TASKS`; `JUG_MAX_SECONDS`, `JUG_MAX_MINUTES` and
 * `JUG_MAX_HOURS`, which are added up; `JUG_EXIT_IF_FILE_EXISTS`; and the file `__jug_please_stop_running.txt`. The
 * names are those of Python's jug.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { CommandContext } from "../cli/command.ts";

/** The conditions under which a run starts no further task. */
export interface StopRules {
  /** The maximum number of tasks to run; `undefined` for no limit. */
  readonly maxTasks: number | undefined;
  /** The time after which no task is started, in milliseconds since 1970; `undefined` for no limit. */
  readonly deadline: number | undefined;
  /** Files whose existence stops the run. */
  readonly stopFiles: readonly string[];
}

const STOP_FILE = "__jug_please_stop_running.txt";
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["JUG_MAX_SECONDS", 1000],
  ["JUG_MAX_MINUTES", 60_000],
  ["JUG_MAX_HOURS", 3_600_000],
];

/** The environment variables that limit a run. */
export const STOP_VARIABLES: readonly string[] = [
  "JUG_MAX_TASKS",
  ...UNITS.map(([name]) => name),
  "JUG_EXIT_IF_FILE_EXISTS",
];

/**
 * Reads the rules.
 *
 * @param isAsked Whether to read them at all; if not, there are no limits.
 * @param started When the process was started, in milliseconds since 1970.
 * @throws {JugError} of kind "usage" if a variable is not a number, 0 or more.
 */
export function readStopRules(
  context: Pick<CommandContext, "env" | "mayRead">,
  isAsked: boolean,
  started: number,
): StopRules {
  if (!isAsked) return { maxTasks: undefined, deadline: undefined, stopFiles: [] };
  let ms: number | undefined;
  for (const [name, unit] of UNITS) {
    const amount = numberFrom(context, name);
    if (amount !== undefined) ms = (ms ?? 0) + amount * unit;
  }
  const file = context.env("JUG_EXIT_IF_FILE_EXISTS");
  return {
    maxTasks: numberFrom(context, "JUG_MAX_TASKS"),
    deadline: ms === undefined ? undefined : started + ms,
    // A file that the user named must be readable. The default file is used only if no further permission is needed.
    stopFiles: [...context.mayRead(STOP_FILE) ? [STOP_FILE] : [], ...file === undefined || file === "" ? [] : [file]],
  };
}

function numberFrom({ env }: Pick<CommandContext, "env">, name: string): number | undefined {
  const text = env(name);
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new JugError("usage", `the environment variable ${name} is ${JSON.stringify(text)}, not a number`, {
    remedy: `Set it to a number such as 10, or run with --no-check-environment`,
  });
}
