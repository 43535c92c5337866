/**
 * `timeTasks`: shows how long the tasks of a run took.
 *
 * @module
 */
import { registerHookOnce } from "../../core/session/hooks.ts";

/**
 * Prints a summary of times at the end of `jug execute`, below its table: for each kind of task, the mean time and how
 * many of them the workers of this process ran.
 *
 * @example Usage
 * ```ts
 * import { timeTasks } from "jug";
 *
 * timeTasks();
 * ```
 *
 * @category Utilities
 */
export function timeTasks(): void {
  registerHookOnce("execute.finished_post_status", "jug.timeTasks", ({ tasks }) => {
    const ran = tasks.filter(({ executed }) => executed > 0);
    const width = Math.max(20, ...ran.map(({ name }) => name.length));
    const lines = ran.map(({ name, executed, ms }) => {
      const mean = (ms / executed / 1000).toFixed(3);
      return `${name.padEnd(width)} ${mean.padStart(9)} s (${executed} ${executed === 1 ? "task" : "tasks"})`;
    });
    console.log(["Times", "-----", ...lines].join("\n"));
  });
}
