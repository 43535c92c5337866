/**
 * The environment's wish that a run ends early: `JUG_MAX_TASKS`, `JUG_MAX_SECONDS`, `JUG_MAX_MINUTES` and `JUG_MAX_HOURS`
 * (they add up), `JUG_EXIT_IF_FILE_EXISTS`, and the file `__jug_please_stop_running.txt`. The names are the original's.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { CommandContext } from "../cli/command.ts";

/** When a run begins no further task. */
export interface StopRules {
  readonly maxTasks: number | undefined;
  /** Milliseconds since 1970. */
  readonly deadline: number | undefined;
  readonly stopFiles: readonly string[];
}

const STOP_FILE = "__jug_please_stop_running.txt";
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["JUG_MAX_SECONDS", 1000],
  ["JUG_MAX_MINUTES", 60_000],
  ["JUG_MAX_HOURS", 3_600_000],
];

/**
 * Reads the rules.
 *
 * @throws {JugError} of kind "usage" where a variable is no number.
 */
export function readStopRules(context: Pick<CommandContext, "env" | "mayRead" | "now">, isAsked: boolean): StopRules {
  if (!isAsked) return { maxTasks: undefined, deadline: undefined, stopFiles: [] };
  let ms: number | undefined;
  for (const [name, unit] of UNITS) {
    const amount = numberFrom(context, name);
    if (amount !== undefined) ms = (ms ?? 0) + amount * unit;
  }
  const file = context.env("JUG_EXIT_IF_FILE_EXISTS");
  return {
    maxTasks: numberFrom(context, "JUG_MAX_TASKS"),
    deadline: ms === undefined ? undefined : context.now().getTime() + ms,
    // The file that was named must be readable; the other one is looked for where that costs no permission.
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
