/**
 * What to type after `jug why`.
 *
 * @module
 */
import { shellQuote } from "../../../core/remedy/shell_quote.ts";
import type {
  Absence,
  Answer,
  Explanation,
  ReadyReason,
  RootGroup,
  TaskName,
} from "../../../engine/analysis/why/answer.ts";
import type { CommandContext } from "../../cli/command.ts";
import { sameWith } from "../../cli/next_step.ts";

/** What to type, and what it does. */
export interface Remedy {
  /** The command; `undefined` if there is nothing to type. */
  readonly command: string | undefined;
  readonly text: string;
}

/** Returns what to do. */
export function remediesOf(found: Explanation | Absence, context: CommandContext): readonly Remedy[] {
  const command = (subcommand: string, rest = "") => `${sameWith(subcommand, context)}${rest === "" ? "" : ` ${rest}`}`;
  if ("kind" in found) {
    return found.kind === "hidden"
      ? rootRemedies(found.roots, command)
      : [{ command: command("cleanup"), text: "removes results that the jugfile does not ask for any more" }];
  }
  const { answer, task } = found;
  return answer.kind === "waiting" ? rootRemedies(answer.roots, command) : answerRemedies(answer, task, command);
}

type Commands = (subcommand: string, rest?: string) => string;

/** Returns what to do about the causes of waiting, each once. */
function rootRemedies(roots: readonly RootGroup[], command: Commands): readonly Remedy[] {
  const remedies = roots.flatMap(({ answer, task }) => answerRemedies(answer, task, command));
  const whatFor = ({ command, text }: Remedy) => command ?? text;
  return remedies.filter((remedy, i) => remedies.findIndex((other) => whatFor(other) === whatFor(remedy)) === i);
}

function answerRemedies(answer: Answer, task: TaskName, command: Commands): readonly Remedy[] {
  const target = shellQuote(task.name);
  switch (answer.kind) {
    case "finished":
      if (answer.run === undefined) {
        return [{ command: command("execute"), text: "finds out whether it is damaged, and then computes it again" }];
      }
      return answer.code === "changed"
        ? [{ command: command("invalidate", `--target ${target}`), text: "removes it, so that it is computed again" }]
        : [];
    case "running":
    case "queued":
      return [{ command: undefined, text: "wait for it: nothing has to be done" }];
    case "abandoned":
      return answer.workers > 0
        ? [{ command: undefined, text: "wait: a worker takes it over" }]
        : [{ command: command("execute"), text: "takes it over" }];
    case "failed": {
      const log: Remedy = {
        command: command("log", answer.failure === undefined ? undefined : task.hash.slice(0, 8)),
        text: "prints what it printed",
      };
      if (answer.failure?.kept === true) {
        return [log, { command: command("retry", `--target ${target}`), text: "frees it for the next execute" }];
      }
      return [log, { command: command("execute"), text: "tries it again" }];
    }
    case "ready":
      return readyRemedies(answer.reason, command);
    case "waiting":
      return rootRemedies(answer.roots, command);
  }
}

function readyRemedies(reason: ReadyReason, command: Commands): readonly Remedy[] {
  switch (reason.kind) {
    case "nobody-works":
      return [{ command: command("execute"), text: "runs it" }];
    case "left-out":
      return [{ command: command("execute"), text: "runs it: without --target, nothing is left out" }];
    case "lacks-resources": {
      const amount = shellQuote(`${reason.resource}=${reason.needed}`);
      return [{ command: command("execute", `--provides ${amount}`), text: "has enough for it" }];
    }
    case "limited":
      return [{ command: undefined, text: "wait for it, or raise the limits of its TaskGenerator" }];
    case "in-turn":
      return [{ command: command("execute"), text: "adds another process; otherwise wait for it" }];
  }
}
