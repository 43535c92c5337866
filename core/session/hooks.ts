/**
 * Hooks: functions of the jugfile that are called when `jug execute` comes to a certain point.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { currentSession, type HookFunction, type HookRun } from "./session.ts";
import type { AnyTask } from "../types.ts";

/**
 * What a run did with the tasks of one name.
 *
 * @category Hooks
 */
export interface TaskTally {
  /** The tasks' name. */
  readonly name: string;
  /** How many this process ran. */
  readonly executed: number;
  /** How many were finished without this process: earlier, or by another. */
  readonly loaded: number;
  /** How long those that were executed took, together, in milliseconds. */
  readonly ms: number;
}

/**
 * What a run did, whatever the number of its workers.
 *
 * @category Hooks
 */
export interface ExecutionTally {
  /** One entry a name, in the order of the table that `execute` prints. */
  readonly tasks: readonly TaskTally[];
}

/**
 * The events that can be hooked, and what their hooks get.
 *
 * @category Hooks
 */
export interface HookPayloads {
  /** A task had its result already when this process came to it. Called in the first worker, or in the one that met it. */
  "execute.task-loadable": AnyTask;
  /** A task is about to be run. Called in the worker that runs it. */
  "execute.task-pre-execute": AnyTask;
  /** A task was run and its result was stored. Called in the worker that ran it. */
  "execute.task-executed1": AnyTask;
  /** The run is over; the table of what was executed comes next. Called in the first worker. */
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
 * A function that is called when the event `N` happens; it is awaited.
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
 * Has `fn` called each time the event `name` happens during `jug execute`. Each worker loads the jugfile and so has hooks of its
 * own; those of a task are called where the task runs.
 *
 * A hook that throws ends the run, which then counts as failed. `run.stop(reason)`, its second parameter, ends it in peace.
 *
 * @param name The event, one of {@linkcode HookPayloads}.
 * @param fn Synchronous or asynchronous; the run waits for it.
 * @throws {JugError} where there is no such event; the message lists those that there are.
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
 * Like {@linkcode registerHook}, but a second call with the same name and code does nothing: for helpers that may be called
 * more than once.
 *
 * @param code What tells one registration from another.
 * @throws {JugError} where there is no such event.
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
