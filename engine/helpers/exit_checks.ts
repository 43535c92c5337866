/**
 * Ending a run early, as the jugfile wishes: after so many tasks, after so much time, once a file is there. The exit status is
 * then 0, as with `JUG_MAX_TASKS` and its like.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { registerHook } from "../../core/session/hooks.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { currentSession } from "../../core/session/session.ts";
import type { AnyTask } from "../../core/types.ts";

/**
 * Ends the run after this process has run so many tasks more, all its workers together.
 *
 * @param count How many.
 * @throws {JugError} where it is no whole number.
 *
 * @example Usage
 * ```ts
 * import { exitAfterTasks } from "jug";
 *
 * exitAfterTasks(100);
 * ```
 *
 * @category Limits
 */
export function exitAfterTasks(count: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new JugError("usage", `exitAfterTasks(${count}): that is no number of tasks`, {
      remedy: "Pass a whole number from 0 on",
    });
  }
  const { limits } = currentSession();
  limits.tasks = Math.min(limits.tasks ?? Infinity, count);
}

/**
 * How long a run may take; the parts add up.
 *
 * @category Limits
 */
export interface TimeLimit {
  /** Default: 0. */
  readonly hours?: number;
  /** Default: 0. */
  readonly minutes?: number;
  /** Default: 0. */
  readonly seconds?: number;
}

/**
 * Begins no task any more after so much time. A task that runs by then is not cut short, so leave room for one.
 *
 * @param limit Counted from this call.
 * @throws {JugError} where it is no time, or none at all is given.
 *
 * @example Usage
 * ```ts
 * import { exitAfterTime } from "jug";
 *
 * exitAfterTime({ hours: 11, minutes: 30 });
 * ```
 *
 * @category Limits
 */
export function exitAfterTime(limit: TimeLimit): void {
  requireKnownOptions("exitAfterTime", limit, ["hours", "minutes", "seconds"]);
  const { hours = 0, minutes = 0, seconds = 0 } = limit;
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (!Number.isFinite(ms) || ms < 0 || Object.values(limit).every((part) => part === undefined)) {
    throw new JugError("usage", `exitAfterTime(${JSON.stringify(limit)}): that is no time`, {
      remedy: "Pass a time such as { minutes: 30 }",
    });
  }
  const { limits } = currentSession();
  limits.deadline = Math.min(limits.deadline ?? Infinity, Date.now() + ms);
}

/**
 * Begins no task any more once a file is there.
 *
 * @param path Of the file, relative to the current folder.
 *
 * @example Usage
 * ```ts
 * import { exitIfFileExists } from "jug";
 *
 * exitIfFileExists("please_stop.txt");
 * ```
 *
 * @category Limits
 */
export function exitIfFileExists(path: string): void {
  currentSession().limits.files.push(path);
}

/**
 * Asks after each task whether to end the run.
 *
 * @param isTime Gets the task that was just run; it may be asynchronous. Each worker asks its own.
 *
 * @example Usage
 * ```ts
 * import { exitWhenTrue } from "jug";
 *
 * exitWhenTrue(() => Deno.memoryUsage().rss > 4e9);
 * ```
 *
 * @category Limits
 */
export function exitWhenTrue(isTime: (task: AnyTask) => boolean | Promise<boolean>): void {
  registerHook("execute.task-executed1", async (task, run) => {
    if (await isTime(task)) run.stop("the jugfile's exitWhenTrue() says so");
  });
}
