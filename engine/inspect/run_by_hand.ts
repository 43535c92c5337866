/**
 * Runs one task immediately, in this thread: for `task.run()`, or because the jugfile cannot be loaded without it.
 *
 * @module
 */
import type { Claimant, Lock } from "../../backends/backend.ts";
import { JugError } from "../../core/errors.ts";
import type { DeclaredTask, Session } from "../../core/session/session.ts";
import { encodeFailure } from "../results/failures.ts";
import { workerName } from "../results/owner.ts";
import { retryText, type RunningTask } from "../task/running_task.ts";
import type { Store } from "../results/store.ts";
import { keepPrints, showPrint } from "../task/task_prints.ts";
import { TaskRunner } from "../task/task_runner.ts";

/** What a run by hand works with: the session, the store, and the claimant of the task. */
export interface HandParts {
  readonly session: Session;
  readonly store: Store;
  readonly claimant: Claimant;
}

/**
 * Runs a claimed task as a worker would: with its time limit, its retries, a context and a log. Stores the result or
 * the failure.
 *
 * @throws What the function threw, or what the backend threw.
 * @throws {JugError} of kind "missing" if a dependency has no result, or the task was given up.
 */
export async function runByHand(parts: HandParts, task: DeclaredTask, lock: Lock): Promise<void> {
  const { session, store, claimant } = parts;
  keepPrints();
  await task.compound?.open();
  const runner = new TaskRunner({
    session,
    store,
    workerName: workerName(claimant),
    voice: {
      output: (_, stream, text) => showPrint(session, stream, text),
      progress: () => {}, // nothing displays it
    },
    onTimed: () => {}, // no watchdog: a synchronous function is not interrupted
    onRetry: (running, thrown, pauseMs) => tellRetry(session, running, thrown, pauseMs),
    now: Date.now,
  });
  const outcome = await runner.run(task, lock);
  switch (outcome.kind) {
    case "finished":
      await store.complete([{ hash: task.hash, ...outcome.encoded, lock }]);
      return;
    case "failed": {
      const { thrown, start, running: { attempt, logText: log } } = outcome;
      const context = { start, finish: Date.now(), claimant, kept: false, attempt, log };
      await store.backend.fail([{ lock, ...encodeFailure(task, thrown, context) }]);
      throw thrown;
    }
    case "dependency-lost": {
      const name = session.tasks.get(outcome.hash)?.name ?? "a task that it needs";
      throw new JugError("missing", `${name} (${outcome.hash.slice(0, 8)}) has no result`, {
        remedy: `${task.name} needs it: run it first, or run \`jug execute\``,
      });
    }
    case "unreadable":
      // The lock is released when the owner leaves.
      throw outcome.error;
    case "given-up":
      throw new JugError("missing", `${task.name} was given up`, { remedy: "Run it again" });
  }
}

function tellRetry(session: Session, running: RunningTask, thrown: unknown, pauseMs: number): void {
  const text = retryText(running, thrown, pauseMs);
  running.keep(`[${text}]\n`);
  showPrint(session, "stderr", `${running.label}: ${text}`);
}
