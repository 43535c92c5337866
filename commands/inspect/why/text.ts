/**
 * The text of `jug why`: the state of a task, and its cause.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import { visible } from "../../../core/visible.ts";
import type { Holder } from "../../../engine/analysis/holders.ts";
import type {
  Absence,
  Answer,
  Explanation,
  FailedAnswer,
  FinishedAnswer,
  ReadyReason,
  RootGroup,
  TaskName,
} from "../../../engine/analysis/why/answer.ts";
import { failureMessage } from "../../../engine/results/failures.ts";
import type { Paint } from "../../display/paint.ts";
import type { TextFit } from "../../display/text_fit.ts";
import { againLines, differenceLines } from "./difference_text.ts";
import { callText, dateText, type Line } from "./lines.ts";
import type { Remedy } from "./remedies.ts";

/** The layout and colours of the text. */
export interface Look {
  readonly fit: TextFit;
  readonly paint: Paint;
}

/** Returns the text for an answer. */
export function whyText(found: Explanation | Absence, remedies: readonly Remedy[], look: Look, now: Date): string {
  const lines: Line[] = "kind" in found ? absenceLines(found, now) : explainedLines(found, now);
  for (const { command, text } of remedies) lines.push([1, command === undefined ? text : `\`${command}\` ${text}`]);
  return lines.map(([indent, text], i) => {
    const line = look.fit.wrap("  ".repeat(indent) + text, 2);
    return `${i === 0 ? look.paint("bold", line) : line}\n`;
  }).join("");
}

function explainedLines({ task, answer, count, sharing }: Explanation, now: Date): Line[] {
  const lines: Line[] = [[0, `${callText(task)} ${stateText(answer, now)}`], ...detailLines(answer, task, now)];
  const name = visible(task.name);
  if (count > 1 && answer.kind === "finished") lines.push([1, `all ${count} tasks of ${name} are finished`]);
  else if (sharing === 2) lines.push([1, `1 other task of ${name} is in this state for the same reason`]);
  else if (sharing > 2) lines.push([1, `${sharing - 1} other tasks of ${name} are in this state for the same reason`]);
  return lines;
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
      if (answer.again !== undefined) lines.push(...againLines(answer.again, task.name));
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
