/**
 * Says why tasks are unfinished.
 *
 * @module
 */
import type { UnfinishedTasks } from "../../engine/graph/unfinished.ts";
import { durationText } from "../../engine/progress/throughput.ts";

/**
 * Returns a sentence about tasks that a run did not finish, and why.
 *
 * @param isAhead Whether the run has not begun.
 */
export function unfinishedText({ name, count, example, reason }: UnfinishedTasks, isAhead = false): string {
  const which = count === 1 ? example : `${count} tasks ${name}, such as ${example},`;
  const notRun = isAhead ? "would not be run" : count === 1 ? "was not run" : "were not run";
  switch (reason.kind) {
    case "failed":
      return `${which} failed`;
    case "kept-failed":
      return `${which} failed in an earlier run with --keep-failed; \`jug retry\` frees ${count === 1 ? "it" : "them"}`;
    case "needs-failed":
      return `${which} ${notRun}: needs ${reason.name}, which failed`;
    case "held":
      return `${which} ${notRun}: held by ${reason.owner}`;
    case "needs-held":
      return `${which} ${notRun}: needs ${reason.name}, which another process holds`;
    case "needs-unwanted":
      return `${which} ${notRun}: needs ${reason.name}, which --target excludes`;
    case "lacks-resources":
      return `${which} ${notRun}: takes ${reason.resources}, more than this process has (--provides ${reason.resources})`;
    case "needs-lacking":
      return `${which} ${notRun}: needs ${reason.name}, which takes more resources than this process has`;
    case "too-long": {
      if (reason.ms === undefined) return `${which} ${notRun}: the time is over`;
      const takes = `${count === 1 ? "takes" : "take"} ${durationText(reason.ms)}`;
      const than = reason.isNever ? "all the time that this process has" : "the time that is left";
      return `${which} ${notRun}: ${takes}, longer than ${than}`;
    }
    case "needs-too-long":
      return `${which} ${notRun}: needs ${reason.name}, which takes longer than ` +
        (reason.isNever ? "all the time that this process has" : "the time that is left");
    case "circular":
      return `${which} ${notRun}: needs ${reason.name}, which depends on itself through what compound functions returned`;
    case "not-begun":
      return `${which} ${notRun}: the run ended first`;
  }
}
