/**
 * The functions that jug provides at the prompt.
 *
 * @module
 */
import { collectNodes } from "../../core/value/tasks_in_value.ts";
import { describe } from "../../core/session/describe.ts";
import { JugError } from "../../core/errors.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import { noMatchError } from "../../core/remedy/no_match.ts";
import { taskPattern } from "../../core/pattern.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { value } from "../../core/session/value.ts";
import type { JugfileInspection } from "../../engine/inspect/inspect.ts";
import { SessionResults } from "../../engine/inspect/session_results.ts";
import { statesOf, type TaskState } from "../../engine/inspect/task_state.ts";
import type { Names } from "./input/scope.ts";

/** The filter of getFilteredTasks in {@linkcode shellFunctions}: selects tasks in any of the states that are `true`. */
export type TaskFilter = Readonly<Partial<Record<TaskState | "loadable", boolean>>>;

const FILTERS = ["loadable", "failed", "ready", "finished", "running", "waiting"] as const;

/** Returns the functions, by their names at the prompt. */
export function shellFunctions(inspection: JugfileInspection): Names {
  return {
    value,
    getTasks: (pattern?: unknown) => getTasks(inspection, pattern),
    getFilteredTasks: (filter?: unknown) => getFilteredTasks(inspection, filter),
    invalidate: (what: unknown) => invalidate(inspection, what),
    describe,
  };
}

/** Returns all tasks, or those whose name matches `isPrime`, `primes.isPrime` or `/regex/`. Throws if none matches. */
function getTasks(inspection: JugfileInspection, pattern: unknown): DeclaredTask[] {
  const tasks = [...inspection.session.tasks.values()];
  if (pattern === undefined) return tasks;
  const wanted = taskPattern(String(pattern));
  const found = tasks.filter((task) => wanted.matches(task.name));
  if (found.length === 0) throw noMatchError(wanted, tasks.map((task) => task.name));
  return found;
}

async function getFilteredTasks(inspection: JugfileInspection, filter: unknown): Promise<DeclaredTask[]> {
  const wanted = readFilter(filter);
  const tasks = [...inspection.session.tasks.values()];
  const states = await statesOf(inspection.backend, tasks);
  return tasks.filter((task) => wanted.has(states.get(task.hash)));
}

function readFilter(filter: unknown): Set<unknown> {
  const wanted = Object.entries(typeof filter === "object" && filter !== null ? filter : {});
  const unknown = wanted.find(([name]) => !FILTERS.some((known) => known === name));
  if (wanted.length === 0 || unknown !== undefined) {
    const what = unknown === undefined ? "was given no filter" : `has no filter ${unknown[0]}`;
    throw new JugError("usage", `getFilteredTasks() ${what}`, {
      remedy: `Write it as in getFilteredTasks({ ready: true }); the filters are ${FILTERS.join(", ")}`,
    });
  }
  return new Set(wanted.filter(([, isOn]) => isOn === true).map(([name]) => name === "loadable" ? "finished" : name));
}

/**
 * Removes the results of a task, of the tasks in a value, or of the tasks of a name, and those of all their dependents.
 * Returns the number of removed results.
 */
async function invalidate(inspection: JugfileInspection, what: unknown): Promise<number> {
  const tasks = typeof what === "string" || what instanceof RegExp
    ? getTasks(inspection, what)
    : requiredTasks(collectNodes(what, new Map()).values());
  if (tasks.length === 0) {
    throw new JugError("usage", "invalidate() was given no task", {
      remedy: 'Give one, as in invalidate(primes100[3]) or invalidate("isPrime")',
    });
  }
  return await new SessionResults(inspection.session, inspection.store).invalidateAll(tasks);
}
