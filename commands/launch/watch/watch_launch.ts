/**
 * `jug launch --watch`: follows the jugdir and the scheduler until nothing is left to do.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import { isJugError } from "../../../core/errors.ts";
import { pause } from "../../../core/pause.ts";
import { onSignals } from "../../../engine/threads/signals.ts";
import type { Outcome } from "../../cli/outcome.ts";
import { failuresStep } from "../../cli/next_step.ts";
import type { Job } from "../job.ts";
import { lastLines } from "../log_excerpt.ts";
import type { Launching } from "../launching.ts";
import type { JugdirLook } from "./jugdir_look.ts";
import { type WatchEnd, watchLoop } from "./watch_loop.ts";
import type { Decision, Observation } from "./watch_state.ts";

/** Watches, and returns why it ended. */
export async function watchLaunch(launching: Launching, look: JugdirLook): Promise<Outcome> {
  const { context, options, launch, adapter, scheduler } = launching;
  const stop = new AbortController();
  let signal: string | undefined;
  const removeSignals = onSignals((name) => {
    signal ??= name;
    stop.abort();
  });
  let said = "";
  const sayNew = (line: string) => {
    if (line === said) return;
    said = line;
    context.say(line);
  };
  let isFirst = true;
  const countJobs = async (): Promise<readonly Job[] | undefined> => {
    try {
      const jobs = (await scheduler.count()).filter(({ name }) => name === launch.name);
      isFirst = false;
      return jobs;
    } catch (error) {
      // A scheduler may be restarted while workers run. If it never answered, something else is wrong.
      if (isFirst || !isJugError(error) || error.kind !== "backend") throw error;
      sayNew(`the scheduler does not answer, so nothing is submitted: ${error.message}`);
      return undefined;
    }
  };
  try {
    const end = await watchLoop(options, {
      signal: stop.signal,
      observe: async () => {
        // Jobs first: then the look sees what a worker stored before it ended, and its task does not seem to be ready.
        const jobs = await countJobs();
        return { ...await look.look(), jobs, now: performance.now(), knowsIds: adapter.knowsIds !== false };
      },
      submit: (count, jobs) => scheduler.submit(count, jobs),
      report: (seen, decision) => {
        // That the scheduler did not answer has been said.
        if (seen.jobs !== undefined) sayNew(reportText(seen, seen.jobs, decision));
      },
      refused: (text, count) => context.say(`submission ${count} in a row was refused: ${text}`),
      pause: (ms) => pause(ms, stop.signal),
    });
    if (end.kind !== "stopped" && end.kind !== "refused") await cancelWaiting(launching);
    return await outcomeOf(launching, end, signal);
  } finally {
    removeSignals();
  }
}

/** Jobs that wait would begin for nothing. Nothing is lost if that fails: they end by themselves. */
async function cancelWaiting({ context, launch, scheduler }: Launching): Promise<void> {
  try {
    const jobs = (await scheduler.count()).filter(({ name }) => name === launch.name);
    if (jobs.some(({ state }) => state === "waiting")) await scheduler.cancel([launch.name], "waiting", jobs);
  } catch (error) {
    if (!isJugError(error)) throw error;
    context.say(`workers that wait were not cancelled: ${error.message}`);
  }
}

function reportText(
  { ready, running, finished, unfinished }: Observation,
  jobs: readonly Job[],
  decision: Decision,
): string {
  const waiting = jobs.filter(({ state }) => state === "waiting").length;
  const at = jobs.filter(({ state }) => state === "running").length;
  const tasks = `${finished} of ${finished + unfinished} tasks finished, ${running} running, ${ready} ready`;
  const more = decision.kind === "submit" ? `; submitting ${decision.count} more` : "";
  return `${tasks}; workers: ${at} running, ${waiting} waiting${more}`;
}

async function outcomeOf({ context, launch, adapter }: Launching, end: WatchEnd, signal?: string): Promise<Outcome> {
  switch (end.kind) {
    case "finished":
      context.say("all tasks are finished");
      return { kind: "done" };
    case "nothing-left":
      return {
        kind: "unfinished",
        reasons: [`not finished and cannot be run now: ${counted(end.unfinished, "task")}`],
        nextStep: `jug why, jug failures and the logs in ${launch.logs} say more`,
      };
    case "workers-fail": {
      const file = adapter.log(end.id);
      return {
        kind: "unfinished",
        reasons: [
          `three workers in a row ended within a minute without joining the jugdir or finishing a task`,
          ...adapter.logsAre === "commands"
            ? [`what the last one wrote: ${file}`]
            : [`the log of the last one, ${file}:`, ...await lastLines(file)],
        ],
      };
    }
    case "lacks-permission":
      return {
        kind: "unfinished",
        reasons: [`a task lacks a permission: ${end.text}`],
        nextStep: "Several are separated by blanks; jug permissions JUGFILE --observe finds all that tasks ask for",
      };
    case "tasks-failed":
      return {
        kind: "unfinished",
        reasons: [`${counted(end.count, "task")} failed`],
        nextStep: `${failuresStep(context)}; --keep-going continues after failures`,
      };
    case "refused":
      return { kind: "unfinished", reasons: ["ten submissions in a row were refused"] };
    case "stopped": {
      const reasons = [`ended by ${signal ?? "a signal"}; the workers go on`];
      const nextStep = "The same command goes on watching; --cancel ends the workers";
      return { kind: signal === "SIGINT" ? "interrupted" : "unfinished", reasons, nextStep };
    }
  }
}
