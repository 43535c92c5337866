/**
 * Ends a run early at the jugfile's request: after a number of tasks, after some time, once a file exists, or when a
 * function returns `true`. The exit status is then 0, as with `JUG_MAX_TASKS` and the like.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { registerHook } from "../../core/session/hooks.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { currentSession } from "../../core/session/session.ts";
import type { AnyTask } from "../../core/types.ts";

/**
 * Ends the run after this process has run a number of further tasks, counted over all its workers.
 *
 * @param count How many tasks.
 * @throws {JugError} if `count` is not a whole number, 0 or more.
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
    throw new JugError("usage", `exitAfterTasks(${count}): not a number of tasks`, {
      remedy: "Pass a whole number, 0 or more",
    });
  }
  const { limits } = currentSession();
  limits.tasks = Math.min(limits.tasks ?? Infinity, count);
}

/**
 * How long a run may take: the sum of the parts.
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
 * Begins no further task after some time. A task that is running at that time is not interrupted, so leave enough time
 * for one. If this process has begun no task by then, it still begins one: otherwise a jugfile that loads slowly would
 * never make progress.
 *
 * @param limit The time, counted from this call.
 * @throws {JugError} if the time is negative or not finite, no part is given, or a part is unknown.
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
    throw new JugError("usage", `exitAfterTime(${JSON.stringify(limit)}): not a time`, {
      remedy: "Pass a time such as { minutes: 30 }",
    });
  }
  const { limits } = currentSession();
  limits.deadline = Math.min(limits.deadline ?? Infinity, Date.now() + ms);
}

/**
 * Begins no further task once a file exists.
 *
 * @param path The path of the file, relative to the current folder.
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
 * Calls a function after each task, and ends the run if it returns `true`.
 *
 * @param isTime Gets the task that was just run; may be asynchronous. Each worker calls its own copy.
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
    if (await isTime(task)) run.stop("the jugfile's exitWhenTrue() function returned true");
  });
}
