/**
 * `jug tasks`: lists tasks, one a line.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";
import type { TaskState } from "../../engine/inspect/task_state.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice, requireTasks } from "../cli/inspection.ts";
import { type Sight, unloadedNotice, withJugfileOrJugdir } from "../cli/jugfile_or_jugdir.ts";
import { flagOption, textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";
import type { TaskList } from "./task_rows.ts";

const STATES: readonly TaskState[] = ["waiting", "ready", "running", "finished", "failed"];
/** The states that only the jugfile tells. */
const DECLARED: readonly TaskState[] = ["waiting", "ready"];

interface Wanted {
  readonly states: readonly TaskState[];
  readonly pattern: TaskPattern | undefined;
  readonly isJson: boolean;
}

/** The subcommand. */
export const tasks: Command = {
  name: "tasks",
  summary: "List tasks, one a line: state, start, duration, worker and call",
  examples: [
    ["jug tasks primes.ts --state failed", "the tasks whose last run failed"],
    ["jug tasks primes.ts --target isPrime", "the tasks of one function"],
  ],
  options: [
    {
      flags: "--state <states>",
      description: `only tasks in this state, or in several with commas between them: ${STATES.join(", ")}`,
    },
    {
      flags: "--target <pattern>",
      description: "only these tasks: primes.isPrime, isPrime or /regular expression/",
    },
    { flags: "--json", description: "JSON for programs" },
  ],
  prepare(values) {
    const target = textOption(values, "target");
    const wanted: Wanted = {
      states: wantedStates(textOption(values, "state")),
      pattern: target === undefined ? undefined : taskPattern(target),
      isJson: flagOption(values, "json"),
    };
    return (context) => withJugfileOrJugdir(context, (sight) => listTasks(context, sight, wanted));
  },
};

function wantedStates(text: string | undefined): readonly TaskState[] {
  if (text === undefined) return STATES;
  return text.split(",").map((word) => {
    const state = STATES.find((state) => state === word.trim().toLowerCase());
    if (state !== undefined) return state;
    throw new JugError("usage", `option '--state' cannot be ${JSON.stringify(text)}`, {
      remedy: `Give one of ${STATES.join(", ")}, or several with commas between them`,
    });
  });
}

async function listTasks(context: CommandContext, sight: Sight, wanted: Wanted): Promise<Outcome> {
  const list = await readTasks(context, sight, wanted);
  const { printJson, printLines } = await import("./task_lines.ts");
  if (wanted.isJson) printJson(context, sight, list);
  else await printLines(context, list);
  const notice = noticeOf(sight);
  if (notice !== undefined) context.say(notice);
  return { kind: "done" };
}

async function readTasks(context: CommandContext, sight: Sight, { states, pattern }: Wanted): Promise<TaskList> {
  const { tasksOfJugdir, tasksOfJugfile } = await import("./task_rows.ts");
  // A task whose name is not known matches no pattern.
  const isWanted = (state: TaskState, name: string | undefined) =>
    states.includes(state) && (pattern === undefined || name !== undefined && pattern.matches(name));
  const now = () => context.now().getTime();
  let list: TaskList;
  if (sight.kind === "jugfile") {
    const { tasks, barrier } = sight.inspection;
    await requireTasks(context, { tasks, barrier });
    list = await tasksOfJugfile(sight.inspection, tasks, isWanted, now);
  } else {
    // Without the jugfile there is no answer.
    if (states.every((state) => DECLARED.includes(state))) throw sight.failure;
    const known = await tasksOfJugdir(sight.backend, isWanted, now);
    if (known.isEmpty) throw sight.failure;
    list = known;
  }
  if (pattern !== undefined) await requireMatch(pattern, list.names, sight);
  return list;
}

async function requireMatch(pattern: TaskPattern, names: Iterable<string>, sight: Sight): Promise<void> {
  const distinct = new Set(names);
  for (const name of distinct) if (pattern.matches(name)) return;
  const { noMatchError } = await import("../../core/remedy/no_match.ts");
  throw noMatchError(pattern, distinct, noticeOf(sight));
}

function noticeOf(sight: Sight): string | undefined {
  return sight.kind === "jugfile"
    ? barrierNotice(sight.inspection)
    : unloadedNotice(sight.failure, "so only finished, running and failed tasks are known, from the jugdir");
}
