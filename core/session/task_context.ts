/**
 * `taskContext()`: what a running task may ask about itself.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import type { TaskContext } from "./context.ts";
import { currentContext } from "./session.ts";

/**
 * The context of the task whose function runs now. Two tasks never see each other's, however many run at once.
 *
 * @throws {JugError} where no task runs.
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
  throw new JugError("usage", "taskContext() was called where no task runs", {
    remedy: "Call it inside the function of a task",
  });
}
