/**
 * Calls the hooks of a session.
 *
 * @module
 */
import type { ExecutionTally, HookName } from "../core/hooks.ts";
import { type DeclaredTask, type HookRun, runInSession, runInTask, type Session } from "../core/session.ts";
import type { Ending } from "./ending.ts";

/** The events that tell of one task. */
export type TaskHookName = Extract<HookName, `execute.task-${string}`>;

/** The hooks of one session, as its worker calls them. */
export class HookCalls {
  readonly #session: Session;
  readonly #ending: Ending;
  readonly #run: HookRun;

  /** A hook may ask for the end of the run, and one that fails causes it. */
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
      // As the task's own work: nothing may be declared, and what is printed is shown from every thread.
      for (const hook of this.#session.hooks.get(name) ?? []) {
        await runInTask(this.#session, task, () => Reflect.apply(hook, undefined, [task, this.#run]));
      }
    } catch (error) {
      this.#ending.fail(error);
    }
  }

  /** Calls the hooks of an event at the end of a run. */
  async callAtEnd(name: HookName, tally: ExecutionTally): Promise<void> {
    for (const hook of this.#session.hooks.get(name) ?? []) {
      await runInSession(this.#session, () => Reflect.apply(hook, undefined, [tally, this.#run]));
    }
  }
}
