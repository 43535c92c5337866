/**
 * `taskContext()`: the context of a running task.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import type { TaskContext } from "./context.ts";
import { currentContext } from "./session.ts";

/**
 * Returns the context of the task whose function runs now: its signal, attempt, log and progress. Each task has its own
 * context, also if several run at once in one thread.
 *
 * @throws {JugError} of kind "usage" if it is called outside a running task.
 *
 * @example Usage
 * ```ts
 * import { taskContext, TaskGenerator } from "jug";
 *
 * const download = TaskGenerator(async function download(url: string) {
 *   const { signal, attempt, log } = taskContext();
 *   log.info(`attempt ${attempt}`);
 *   const response = await fetch(url, { signal });
 *   return await response.text();
 * }, { timeout: 30_000, retries: 2 });
 *
 * download("https://example.com/");
 * ```
 *
 * @category Tasks
 */
export function taskContext(): TaskContext {
  const context = currentContext();
  if (context !== undefined) return context;
  throw new JugError("usage", "taskContext() was called outside a task", {
    remedy: "Call it inside the function of a task",
  });
}
