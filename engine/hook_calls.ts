/**
 * Calls the hooks of a session.
 *
 * @module
 */
import type { ExecutionTally, HookName } from "../core/hooks.ts";
import { type DeclaredTask, type HookRun, runInSession, runInTask, type Session } from "../core/session.ts";

/** The events that tell of one task. */
export type TaskHookName = Extract<HookName, `execute.task-${string}`>;

/** The hooks of one session, as its worker calls them. */
export class HookCalls {
  readonly #session: Session;
  readonly #run: HookRun;
  /** What the first hook that failed threw. */
  failure: { readonly error: unknown } | undefined;

  /** `stop` ends the run. */
  constructor(session: Session, stop: (reason: string) => void) {
    this.#session = session;
    this.#run = { stop };
  }

  /** Whether there is a hook for an event. */
  has(name: HookName): boolean {
    return this.#session.hooks.has(name);
  }

  /** Calls the hooks of an event of a task; answers whether all went well. */
  async callForTask(name: TaskHookName, task: DeclaredTask): Promise<boolean> {
    try {
      // As the task's own work: nothing may be declared, and what is printed is shown from every thread.
      for (const hook of this.#session.hooks.get(name) ?? []) {
        await runInTask(this.#session, task, () => Reflect.apply(hook, undefined, [task, this.#run]));
      }
      return true;
    } catch (error) {
      this.failure ??= { error };
      return false;
    }
  }

  /** Calls the hooks of an event at the end of a run. */
  async callAtEnd(name: HookName, tally: ExecutionTally): Promise<void> {
    for (const hook of this.#session.hooks.get(name) ?? []) {
      await runInSession(this.#session, () => Reflect.apply(hook, undefined, [tally, this.#run]));
    }
  }
}
