/**
 * Runs claimed tasks: one after another, or each in a slot of its own beside the worker's loop.
 *
 * @module
 */
import type { Claimant } from "../../backends/backend.ts";
import { formatArguments } from "../../core/format.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Admission } from "../limits/admission.ts";
import type { RunBudget } from "../limits/run_budget.ts";
import type { BatchSizes } from "./batch_sizes.ts";
import type { Claimed, Claiming } from "./claiming.ts";
import { type Completed, Completions } from "./completions.ts";
import type { Ending } from "./ending.ts";
import { reportError } from "../results/error_report.ts";
import { encodeFailure, endsRun } from "../results/failures.ts";
import type { Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";
import type { FromWorker, WorkerOptions } from "../messages/messages.ts";
import type { Store } from "../results/store.ts";
import type { TaskOutcome, TaskRunner } from "../task/task_runner.ts";
import type { WorkerReports } from "./worker_reports.ts";

/** What {@linkcode Dispatch} works with. */
export interface DispatchParts {
  readonly store: Store;
  readonly claimant: Claimant;
  readonly options: WorkerOptions;
  readonly graph: Graph;
  readonly claiming: Claiming;
  readonly runner: TaskRunner;
  readonly budget: RunBudget;
  readonly admission: Admission;
  readonly batches: BatchSizes;
  readonly hooks: HookCalls;
  readonly reports: WorkerReports;
  readonly ending: Ending;
  /** Sends a message to the coordinator. */
  readonly report: (message: FromWorker) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when a slot is free again, or a result from one was stored. */
  readonly onProgress: () => void;
}

/** How long a task may run before the rest of its batch is released, in milliseconds. */
const LONG_MS = 200;

/** Runs the claimed tasks of one worker. */
export class Dispatch {
  readonly #parts: DispatchParts;
  readonly #completions: Completions;
  readonly #slots = new Set<Promise<void>>();
  #failures = 0;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.#completions = new Completions(parts.store, parts.now, (items) => this.#onStored(items));
  }

  /** How many tasks run beside the loop. */
  get slotsInUse(): number {
    return this.#slots.size;
  }

  /** How many more tasks may run at once. */
  get freeSlots(): number {
    return this.#parts.options.concurrency - this.#slots.size;
  }

  /** Whether a result was ever stored here. */
  get hasStored(): boolean {
    return this.#completions.hasStored;
  }

  /** Stores the results collected so far. */
  flush(): Promise<void> {
    return this.#completions.flush();
  }

  /** Resolves when all tasks that were begun are over and their results are stored. */
  async drain(): Promise<void> {
    await Promise.all(this.#slots);
    this.#parts.reports.close();
    await this.#completions.flush();
  }

  /** Runs claimed tasks. With several slots, resolves once all of them have begun. */
  async begin(claimed: readonly Claimed[]): Promise<void> {
    const { reports, ending, options, onProgress } = this.#parts;
    reports.begin(claimed.map(({ task }) => task));
    if (claimed.length > 1) await this.#prefetch(claimed);
    if (options.concurrency === 1) return await this.#runInTurn(claimed);
    for (const item of claimed) {
      if (!this.#mayBegin()) {
        await this.#parts.claiming.giveBack([item]);
        continue;
      }
      const slot = this.#runOne(item).catch((error: unknown) => ending.fail(error)).finally(() => {
        this.#slots.delete(slot);
        onProgress();
      });
      this.#slots.add(slot);
    }
  }

  async #runInTurn(claimed: readonly Claimed[]): Promise<void> {
    const { claiming, now } = this.#parts;
    const [only] = claimed;
    if (only !== undefined && claimed.length === 1) {
      return await (this.#mayBegin() ? this.#runOne(only) : claiming.giveBack(claimed));
    }
    const left = claimed.toReversed();
    const begun = { at: Infinity };
    let givingBack = Promise.resolve();
    // This fires only while an asynchronous task runs. If that task is long, release those that have not begun.
    const timer = setInterval(() => {
      if (left.length === 0 || now() - begun.at < LONG_MS) return;
      givingBack = claiming.giveBack(left.splice(0));
      givingBack.catch(() => {});
    }, LONG_MS / 4);
    try {
      for (let item = left.pop(); item !== undefined; item = left.pop()) {
        if (!this.#mayBegin()) return await claiming.giveBack([item, ...left.splice(0)]);
        // Only a long task is a reason to release the others; a slow backend is not.
        begun.at = now();
        await this.#runOne(item);
        begun.at = Infinity;
      }
    } finally {
      clearInterval(timer);
      await givingBack;
    }
  }

  /** Whether one more task may begin. If so, takes it off the task budget. */
  #mayBegin(): boolean {
    const { ending, budget } = this.#parts;
    if (ending.isAsked) return false;
    const refusal = budget.take();
    if (refusal !== undefined) ending.limit(refusal);
    return refusal === undefined;
  }

  /** Loads the inputs of a batch of tasks in few calls, if calls are expensive. */
  async #prefetch(claimed: readonly Claimed[]): Promise<void> {
    const { store } = this.#parts;
    if (store.backend.batchSize === 1) return;
    const needed = requiredTasks(claimed.flatMap(({ task }) => task.dependencies));
    if (needed.length > 0) await store.prefetch(needed.map((task) => task.hash));
  }

  async #runOne(item: Claimed): Promise<void> {
    const { hooks, ending, claiming, runner, admission, batches, graph } = this.#parts;
    const { task, lock } = item;
    if (hooks.has("execute.task-pre-execute")) {
      await hooks.callForTask("execute.task-pre-execute", task);
      if (ending.isAsked) return await claiming.giveBack([item]);
    }
    const outcome = await runner.run(task, lock);
    switch (outcome.kind) {
      case "finished":
        admission.end(task);
        batches.learn(task.name, outcome.ms);
        return await this.#completions.add({ task, hash: task.hash, bytes: outcome.bytes, lock, ms: outcome.ms });
      case "failed":
        admission.end(task);
        return await this.#fail(outcome);
      case "dependency-lost":
        graph.lose(outcome.hash);
        return await claiming.giveBack([item]);
      case "unreadable":
        ending.fail(outcome.error);
        return await claiming.giveBack([item]);
      case "given-up":
        return await claiming.giveBack([item]);
    }
  }

  async #fail({ running, thrown, start }: Extract<TaskOutcome, { kind: "failed" }>): Promise<void> {
    const { now, claimant, options, store, graph, report, ending } = this.#parts;
    const { task, lock, attempt, logText } = running;
    const bytes = encodeFailure(task, thrown, {
      start,
      finish: now(),
      claimant,
      kept: options.keepFailed,
      attempt,
      log: logText,
    });
    await store.backend.fail([{ lock, bytes }]);
    graph.fail(task.hash);
    this.dropInputs(task);
    const error = reportError(thrown);
    report({ kind: "failed", failure: { hash: task.hash, name: task.name, args: formatArguments(task.args), error } });
    if (endsRun(++this.#failures, options)) ending.ask({ kind: "failure" });
  }

  /** Records stored results, which others can see from now on. */
  async #onStored(items: readonly Completed[]): Promise<void> {
    const { graph, reports, hooks, onProgress } = this.#parts;
    for (const { hash } of items) graph.finish(hash, true);
    for (const { task } of items) this.dropInputs(task);
    reports.executed(items);
    if (hooks.has("execute.task-executed1")) {
      for (const { task } of items) await hooks.callForTask("execute.task-executed1", task);
    }
    if (this.#slots.size > 0) onProgress();
  }

  /** Drops the inputs of `task` that no other task needs from memory. */
  dropInputs(task: DeclaredTask | undefined): void {
    const { store, graph } = this.#parts;
    if (task !== undefined && store.cachedBytes > 0) store.forget(graph.noLongerNeeded(task));
  }
}
