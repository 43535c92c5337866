/**
 * The text of `jug why`: the cause, and what to type.
 *
 * @module
 */
import { valueText } from "../../core/value/recorded/summary.ts";
import { visible } from "../../core/visible.ts";
import type { Recorded } from "../../core/value/recorded/form.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import type {
  Absence,
  Again,
  Answer,
  Difference,
  FailedAnswer,
  FinishedAnswer,
  ReadyReason,
  RootGroup,
  TaskName,
} from "../../engine/analysis/why/answer.ts";
import type { Holder } from "../../engine/analysis/holders.ts";
import { failureMessage } from "../../engine/results/failures.ts";
import type { CommandContext } from "../cli/command.ts";
import { sameWith } from "../cli/next_step.ts";
import type { Paint } from "../display/paint.ts";
import type { TextFit } from "../display/text_fit.ts";
import type { Explained } from "./why.ts";

/** The layout and colours of the text. */
export interface Look {
  readonly fit: TextFit;
  readonly paint: Paint;
}

/** A line, and how far it is indented. */
type Line = readonly [indent: number, text: string];

/** How many characters of a value are shown. */
const VALUE_WIDTH = 120;
/** How many differences are listed. */
const SHOWN = 10;

/** What to type, and what it does. */
export interface Remedy {
  /** The command; `undefined` if there is nothing to type. */
  readonly command: string | undefined;
  readonly text: string;
}

/** Returns the text for an answer. */
export function whyText(found: Explained | Absence, remedies: readonly Remedy[], look: Look, now: Date): string {
  const lines: Line[] = "kind" in found ? absenceLines(found, now) : explainedLines(found, now);
  for (const { command, text } of remedies) lines.push([1, command === undefined ? text : `\`${command}\` ${text}`]);
  return lines.map(([indent, text], i) => {
    const line = look.fit.wrap("  ".repeat(indent) + text, 2);
    return `${i === 0 ? look.paint("bold", line) : line}\n`;
  }).join("");
}

function explainedLines({ task, answer, count, sharing }: Explained, now: Date): Line[] {
  const lines: Line[] = [[0, `${callText(task)} ${stateText(answer, now)}`], ...detailLines(answer, task, now)];
  const name = visible(task.name);
  if (count > 1 && answer.kind === "finished") lines.push([1, `all ${count} tasks of ${name} are finished`]);
  else if (sharing === 2) lines.push([1, `1 other task of ${name} is in this state for the same reason`]);
  else if (sharing > 2) lines.push([1, `${sharing - 1} other tasks of ${name} are in this state for the same reason`]);
  return lines;
}

/** Returns a task as a call, with the beginning of its hash. */
function callText({ name, index, args, hash }: TaskName): string {
  return `${visible(name)}[${index}](${visible(args)}) (${hash.slice(0, 8)})`;
}

/** Returns the end of a sentence that says what state a task is in. */
function stateText(answer: Answer, now: Date): string {
  switch (answer.kind) {
    case "finished":
      return answer.run === undefined
        ? "has a result whose record cannot be read"
        : `is finished: it was computed ${runText(answer.run)}`;
    case "running":
      return `is running ${holderText(answer.holder, now)}`;
    case "queued":
      return `is held ${holderText(answer.holder, now)}, which runs another task first`;
    case "abandoned":
      return `was being run ${holderText(answer.holder, now)}, which is dead`;
    case "failed":
      return failedText(answer);
    case "ready":
      return `is ready, but ${readyText(answer.reason)}`;
    case "waiting":
      return answer.isUnopened
        ? `is a compound task whose function has not declared all its tasks yet`
        : `waits for ${missingText(answer)}`;
  }
}

function missingText({ missing, needed }: Extract<Answer, { kind: "waiting" }>): string {
  if (needed === 1) return "the result that it needs";
  return missing === needed
    ? `the ${needed} results that it needs`
    : `${missing} of the ${needed} results that it needs`;
}

function detailLines(answer: Answer, task: TaskName, now: Date): Line[] {
  switch (answer.kind) {
    case "finished":
      return codeLines(answer, task);
    case "running":
    case "abandoned":
      return [];
    case "queued":
      return answer.behind === undefined ? [] : [[1, `that is ${callText(answer.behind)}`]];
    case "failed": {
      const frame = answer.failure?.frame;
      return frame === undefined ? [] : [[2, visible(frame)]];
    }
    case "ready":
      return answer.again === undefined ? [] : againLines(answer.again, task.name);
    case "waiting": {
      const { barrier, isUnopened, roots, missing, below } = answer;
      const lines: Line[] = [];
      if (isUnopened) {
        const place = barrier && `${visible(barrier.file)}:${barrier.line}`;
        lines.push([
          1,
          place === undefined
            ? "its function awaits something, or a task that it needs is missing"
            : `its function waits at the barrier at ${place}`,
        ]);
      }
      if (below > missing) lines.push([1, `${below} tasks have to be finished before it, and first of all:`]);
      if (roots.length === 0) lines.push([1, "it depends on itself, through a compound task"]);
      lines.push(...roots.flatMap((root) => rootLines(root, now)));
      if (answer.again !== undefined) lines.push(...againLines(answer.again, task.name, "It has no result"));
      return lines;
    }
  }
}

function rootLines({ count, task, answer }: RootGroup, now: Date): Line[] {
  const lead = count === 1 ? callText(task) : `${count} × ${visible(task.name)}, such as ${callText(task)}, which`;
  return [
    [1, `${lead} ${stateText(answer, now)}`],
    ...detailLines(answer, task, now).map(([indent, text]): Line => [indent + 1, text]),
  ];
}

function codeLines({ code }: FinishedAnswer, { name }: TaskName): Line[] {
  if (code !== "changed") return [];
  return [[1, `the code of ${visible(name)} has changed since; the result is that of the former code`]];
}

function failedText({ failure }: FailedAnswer): string {
  if (failure === undefined) return "failed, and the record of its failure cannot be read";
  const { attempt, time, host, pid, kept } = failure;
  const [message = ""] = failureMessage(failure).split("\n");
  const where = [host === undefined ? [] : visible(host), pid === undefined ? [] : `process ${pid}`].flat().join(", ");
  const when = `${dateText(time)}${where === "" ? "" : ` (${where})`}`;
  const which = attempt > 1 ? `in attempt ${attempt}, ` : "";
  return `failed ${which}${when}${kept ? ", and --keep-failed keeps the failure" : ""}: ${visible(message)}`;
}

function readyText(reason: ReadyReason): string {
  switch (reason.kind) {
    case "nobody-works":
      return "nobody works on this jugdir";
    case "left-out":
      return `those who work leave it out: their --target is ${reason.targets.map(visible).join(" or ")}`;
    case "lacks-resources": {
      const { resource, needed, most } = reason;
      const has = most === 0 ? "no process that works has any" : `no process that works has more than ${most}`;
      return `it needs ${needed} of the resource ${visible(resource)}, and ${has}`;
    }
    case "limited": {
      const limits = reason.limits.map(visible).join(", ");
      return `its function has limits (${limits}), and ${counted(reason.running, "task")} of it ${
        reason.running === 1 ? "is" : "are"
      } running`;
    }
    case "in-turn": {
      const { workers, ready } = reason;
      return `it is not its turn: ${counted(workers, "process", "processes")} ${
        workers === 1 ? "works" : "work"
      }, and ${counted(ready, "task")} ${ready === 1 ? "is" : "are"} ready`;
    }
  }
}

function againLines(again: Again, name: string, lead = "It has no result"): Line[] {
  const of = visible(name);
  switch (again.kind) {
    case "never":
      return [[1, `${lead}: none of ${of} was ever stored in this jugdir`]];
    case "new": {
      const all = again.others === 1 ? "the stored one belongs" : `all ${again.others} stored ones belong`;
      return [[1, `${lead} yet: of ${of}, ${all} to other tasks of the jugfile`]];
    }
    case "removed":
      return [[
        1,
        again.dependent === undefined
          ? `${lead}: ${again.count === 0 ? "results" : counted(again.count, "result")} of ${of} ${
            again.count === 1 ? "was" : "were"
          } stored and removed (by jug invalidate, jug cleanup, or because of damage)`
          : `${lead} any more: it was removed. ${callText(again.dependent)}, which needs it, is finished`,
      ]];
    case "unrecorded":
      return [[
        1,
        `${lead}. ${counted(again.others, "stored result")} of ${of} ${
          again.others === 1 ? "belongs" : "belong"
        } to no task of the jugfile, but the arguments are not known: an older jug stored ${
          again.others === 1 ? "it" : "them"
        }`,
      ]];
    case "differs": {
      const { from: { hash, finish, worker }, differences, hasSecret, code } = again;
      const former = `${hash.slice(0, 8)} (${dateText(finish)}, ${visible(worker)})`;
      const lines: Line[] = [[
        1,
        `${lead}. The closest of ${counted(again.others, "stored result")}, ${former}, differs:`,
      ]];
      if (differences.length > 0) lines.push(...differenceLines(differences, 2));
      else if (hasSecret) lines.push([2, "a secret argument differs (no other argument does)"]);
      else lines.push([2, "what differs is not recorded: all recorded arguments are the same"]);
      if (code === "changed") {
        lines.push([1, `The code of ${of} has changed as well. That alone does not make another task`]);
      }
      return lines;
    }
  }
}

function differenceLines(differences: readonly Difference[], indent: number): Line[] {
  const groups: { readonly first: Difference; others: number }[] = [];
  for (const difference of differences) {
    const last = groups.at(-1);
    if (last !== undefined && isAlike(last.first, difference)) last.others++;
    else groups.push({ first: difference, others: 0 });
  }
  const lines = groups.slice(0, SHOWN).flatMap(({ first, others }) => differenceText(first, others, indent));
  if (groups.length > SHOWN) lines.push([indent, `and ${groups.length - SHOWN} more differences`]);
  return lines;
}

/** Whether two arguments are other tasks than before, for the same reason. */
function isAlike(a: Difference, b: Difference): boolean {
  return a.kind === "task" && b.kind === "task" && a.name === b.name &&
    JSON.stringify(a.because) === JSON.stringify(b.because);
}

function differenceText(difference: Difference, others: number, indent: number): Line[] {
  switch (difference.kind) {
    case "version": {
      const [was, is] = [difference.was, difference.is].map((version) =>
        version === undefined ? "none" : visible(version)
      );
      return [[indent, `version: was ${was}, is ${is}`]];
    }
    case "value": {
      const { path, was, is } = difference;
      return [[indent, `${visible(path)}: was ${partText(was)}, is ${partText(is)}${otherText(was, is)}`]];
    }
    case "task": {
      const { path, name, was, is, because } = difference;
      const hashes = `was ${was.slice(0, 8)}, is ${is.slice(0, 8)}`;
      const more = others === 0 ? "" : ` and ${others} more`;
      const lead = `${visible(path)}${more}: another task of ${visible(name)} (${hashes})`;
      if (because === undefined) return [[indent, `${lead}; how they differ is not known: its result was removed`]];
      if (because.length === 0) return [[indent, `${lead}; what differs is secret or not recorded`]];
      return [[indent, `${lead}, in which`], ...differenceLines(because, indent + 1)];
    }
  }
}

function partText(value: Recorded | undefined): string {
  return value === undefined ? "absent" : valueText(value, VALUE_WIDTH);
}

/** Says that two values which look the same are not. */
function otherText(was: Recorded | undefined, is: Recorded | undefined): string {
  return was !== undefined && is !== undefined && partText(was) === partText(is) ? " with another content" : "";
}

function absenceLines(absence: Absence, now: Date): Line[] {
  const name = visible(absence.name);
  switch (absence.kind) {
    case "hidden": {
      const { barrier, missing, roots, stored } = absence;
      const known = stored === 0 ? "" : ` (${counted(stored, "result")} of it ${stored === 1 ? "is" : "are"} stored)`;
      return [
        [
          0,
          `${name} is not declared yet: the jugfile waits at the barrier at ${visible(barrier.file)}:${barrier.line}`,
        ],
        [1, `if the jugfile declares it, then below that line${known}`],
        [1, `the barrier waits for ${counted(missing, "task")} without a result:`],
        ...roots.flatMap((root) => rootLines(root, now)),
      ];
    }
    case "undeclared": {
      const { stored, last, hash, closest } = absence;
      const which = hash === undefined ? "" : ` ${hash.slice(0, 8)}`;
      const lines: Line[] = [
        [
          0,
          `${name}: the jugfile declares no such task, but ${counted(stored, "result")}${which} of it ${
            stored === 1 ? "is" : "are"
          } stored (the last one ${dateText(last.finish)}, ${visible(last.worker)})`,
        ],
      ];
      if (closest !== undefined) {
        lines.push([1, `${callText(closest.task)} is declared, and differs from it:`]);
        lines.push(...differenceLines(closest.differences, 2));
      }
      return lines;
    }
  }
}

function runText({ start, finish, worker }: { start: number; finish: number; worker: string }): string {
  return `${dateText(finish)}, in ${((finish - start) / 1000).toFixed(3)} s, by ${visible(worker)}`;
}

function holderText({ host, pid, owner, since }: Holder, now: Date): string {
  const where = pid === undefined
    ? visible(owner)
    : `process ${pid}${host === undefined ? "" : ` on ${visible(host)}`}`;
  if (since === undefined) return `by ${where}`;
  const seconds = Math.max(0, Math.round((now.getTime() - since) / 1000));
  return `by ${where} since ${dateText(since)} (${counted(seconds, "second")})`;
}

function dateText(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "at an unknown time";
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Returns what to do. */
export function remediesOf(found: Explained | Absence, context: CommandContext): readonly Remedy[] {
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
      return [{ command: command("execute", `--resources ${amount}`), text: "has enough for it" }];
    }
    case "limited":
      return [{ command: undefined, text: "wait for it, or raise the limits of its TaskGenerator" }];
    case "in-turn":
      return [{ command: command("execute"), text: "adds another process; otherwise wait for it" }];
  }
}
