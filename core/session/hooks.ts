/**
 * Hooks: functions of the jugfile that `jug execute` calls at certain events.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { currentSession, type HookFunction, type HookRun } from "./session.ts";
import type { AnyTask } from "../types.ts";

/**
 * The counts of a run for the tasks of one name.
 *
 * @category Hooks
 */
export interface TaskTally {
  /** The name of the tasks, `module.function`. */
  readonly name: string;
  /** The number of tasks that this process ran. */
  readonly executed: number;
  /** The number of tasks finished without this process: earlier, or by another process. */
  readonly loaded: number;
  /** The total time of the executed tasks, in milliseconds. */
  readonly ms: number;
  /** The time of the longest of the executed tasks, in milliseconds. */
  readonly longestMs: number;
}

/**
 * The counts of a run, summed over all workers of the process.
 *
 * @category Hooks
 */
export interface ExecutionTally {
  /** One entry per task name, in the order of the table that `execute` prints. */
  readonly tasks: readonly TaskTally[];
}

/**
 * The events that have hooks, each with the type of the payload that its hooks receive.
 *
 * @category Hooks
 */
export interface HookPayloads {
  /**
   * A task already had a result when this process reached it. Called in the first worker, or in the worker that found
   * the result.
   */
  "execute.task-loadable": AnyTask;
  /** A task is about to be run. Called in the worker that runs it. */
  "execute.task-pre-execute": AnyTask;
  /** A task was run and its result was stored. Called in the worker that ran it. */
  "execute.task-executed1": AnyTask;
  /** The run has ended, and the table of executed tasks is not printed yet. Called in the first worker. */
  "execute.finished_pre_status": ExecutionTally;
  /** The table was printed. Called in the first worker. */
  "execute.finished_post_status": ExecutionTally;
}

/**
 * The name of an event.
 *
 * @category Hooks
 */
export type HookName = keyof HookPayloads;

/**
 * A function that is called when the event `N` happens. `run` can end the run. The run waits for a returned promise.
 *
 * @category Hooks
 */
export type Hook<N extends HookName> = (payload: HookPayloads[N], run: HookRun) => void | Promise<void>;

const NAMES = [
  "execute.task-loadable",
  "execute.task-pre-execute",
  "execute.task-executed1",
  "execute.finished_pre_status",
  "execute.finished_post_status",
] as const satisfies readonly HookName[];

/**
 * Registers `fn` to be called each time the event `name` happens during `jug execute`. Each worker loads the jugfile,
 * and so has its own hooks. The hooks of a task are called in the worker that runs it. No tasks may be declared in a
 * hook.
 *
 * A hook that throws ends the run, which then counts as failed; stored results are kept. `run.stop(reason)`, on the
 * hook's second parameter, ends the run with exit status 0.
 *
 * @param name The event, a key of {@linkcode HookPayloads}.
 * @param fn A synchronous or asynchronous function. The run waits for it.
 * @throws {JugError} of kind "usage" if there is no such event; the message lists the events.
 *
 * @example Usage
 * ```ts
 * import { registerHook } from "jug";
 *
 * registerHook("execute.task-executed1", (task) => {
 *   console.log(`finished: ${task.name}`);
 * });
 * ```
 *
 * @category Hooks
 */
export function registerHook<N extends HookName>(name: N, fn: Hook<N>): void {
  addHook(name, fn);
}

/**
 * Registers a hook like {@linkcode registerHook}, unless a hook with the same name and code was registered before. Use
 * it in helpers that may be called more than once.
 *
 * @param name The event, a key of {@linkcode HookPayloads}.
 * @param code A text that identifies the registration.
 * @param fn A synchronous or asynchronous function. The run waits for it.
 * @throws {JugError} of kind "usage" if there is no such event; the message lists the events.
 *
 * @example Usage
 * ```ts
 * import { registerHookOnce } from "jug";
 *
 * export function announce() {
 *   registerHookOnce("execute.finished_post_status", "announce", () => console.log("done"));
 * }
 * announce();
 * announce();
 * ```
 *
 * @category Hooks
 */
export function registerHookOnce<N extends HookName>(name: N, code: string, fn: Hook<N>): void {
  requireKnown(name);
  const { onceHooks } = currentSession();
  const key = JSON.stringify([name, code]);
  if (onceHooks.has(key)) return;
  onceHooks.add(key);
  addHook(name, fn);
}

function addHook(name: string, fn: HookFunction): void {
  requireKnown(name);
  const { hooks } = currentSession();
  hooks.set(name, [...hooks.get(name) ?? [], fn]);
}

function requireKnown(name: string): void {
  if (NAMES.some((known) => known === name)) return;
  throw new JugError("usage", `there is no hook named ${JSON.stringify(name)}`, {
    remedy: `The hooks are ${NAMES.join(", ")}`,
  });
}
