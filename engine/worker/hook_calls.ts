/**
 * Calls the hooks of a session.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { ExecutionTally, HookName } from "../../core/session/hooks.ts";
import { type DeclaredTask, type HookRun, runInSession, runInTask, type Session } from "../../core/session/session.ts";
import type { Ending } from "./ending.ts";
import { reportError } from "../results/error_report.ts";

/** The events that concern one task. */
export type TaskHookName = Extract<HookName, `execute.task-${string}`>;

/** The hooks of one session, as its worker calls them. */
export class HookCalls {
  readonly #session: Session;
  readonly #ending: Ending;
  readonly #run: HookRun;

  /** `ending`: asked to end the run if a hook stops it or throws. */
  constructor(session: Session, ending: Ending) {
    this.#session = session;
    this.#ending = ending;
    this.#run = { stop: (reason) => ending.limit(reason) };
  }

  /** Whether there is a hook for an event. */
  has(name: HookName): boolean {
    return this.#session.hooks.has(name);
  }

  /** Calls the hooks of an event of a task. */
  async callForTask(name: TaskHookName, task: DeclaredTask): Promise<void> {
    try {
      // Run hooks as part of the task: they may not declare tasks, and every thread shows what they print.
      for (const hook of this.#session.hooks.get(name) ?? []) {
        await runInTask(this.#session, task, () => Reflect.apply(hook, undefined, [task, this.#run]));
      }
    } catch (error) {
      this.#ending.fail(hookFailed(name, error));
    }
  }

  /**
   * Calls the hooks of an event at the end of a run.
   *
   * @throws {JugError} of kind "jugfile" if a hook throws.
   */
  async callAtEnd(name: HookName, tally: ExecutionTally): Promise<void> {
    try {
      for (const hook of this.#session.hooks.get(name) ?? []) {
        await runInSession(this.#session, () => Reflect.apply(hook, undefined, [tally, this.#run]));
      }
    } catch (error) {
      throw hookFailed(name, error);
    }
  }
}

/** Returns the error for a hook that threw. It is the jugfile's mistake, and ends the run. */
function hookFailed(name: HookName, thrown: unknown): JugError {
  const { name: kind, message, remedy } = reportError(thrown);
  return new JugError("jugfile", `a hook of ${name} threw ${remedy === undefined ? `${kind}: ` : ""}${message}`, {
    remedy: "Fix the hook and run again; stored results are kept",
    cause: thrown,
  });
}
