/**
 * Runs claimed tasks: one after another, or each in a slot of its own beside the worker's loop.
 *
 * @module
 */
import type { Claimant } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { formatArguments, formatCall } from "../../core/format.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Admission } from "../limits/admission.ts";
import type { TimeLeft } from "../limits/time_left.ts";
import type { RunBudget } from "../limits/run_budget.ts";
import type { BatchSizes } from "./batch_sizes.ts";
import type { Claimed, Claiming } from "./claiming.ts";
import { type Completed, Completions } from "./completions.ts";
import type { Ending } from "./ending.ts";
import { reportTaskError } from "../results/secrets.ts";
import { encodeFailure, endsRun } from "../results/failures.ts";
import type { Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";
import type { FromWorker, WorkerOptions } from "../messages/messages.ts";
import type { Store } from "../results/store.ts";
import type { OwnBatch } from "../limits/shared_batch.ts";
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
  readonly time: TimeLeft;
  readonly batches: BatchSizes;
  readonly hooks: HookCalls;
  readonly reports: WorkerReports;
  readonly ending: Ending;
  /** Set if the coordinator can take tasks of a batch that have not begun. */
  readonly batch: OwnBatch | undefined;
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
    this.#completions = new Completions(
      parts.store,
      parts.now,
      (items) => this.#onStored(items),
      (items) => this.#onLost(items),
    );
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

  /** Stores nothing from now on. */
  halt(): void {
    this.#completions.halt();
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
    const batch = claimed.length > 1 ? this.#openBatch(claimed) : undefined;
    for (const [i, item] of claimed.entries()) {
      if (batch?.begin() === false) return this.#parts.claiming.lose(claimed.slice(i));
      if (this.#isTooLate(item) || !this.#mayBegin()) {
        await this.#parts.claiming.giveBack([item]);
        continue;
      }
      const slot = Promise.resolve(this.#runOne(item)).catch((error: unknown) => ending.fail(error)).finally(() => {
        this.#slots.delete(slot);
        onProgress();
      });
      this.#slots.add(slot);
    }
    batch?.close();
  }

  async #runInTurn(claimed: readonly Claimed[]): Promise<void> {
    const { claiming, now } = this.#parts;
    const [only] = claimed;
    if (only !== undefined && claimed.length === 1) {
      await (!this.#isTooLate(only) && this.#mayBegin() ? this.#runOne(only) : claiming.giveBack(claimed));
      return;
    }
    const batch = this.#openBatch(claimed);
    const left = claimed.toReversed();
    const begun = { at: Infinity };
    let givingBack = Promise.resolve();
    // This fires only while an asynchronous task runs. If that task is long, release those that have not begun.
    const timer = setInterval(() => {
      if (left.length === 0 || now() - begun.at < LONG_MS) return;
      givingBack = this.#giveBackRest(batch, left.splice(0));
      givingBack.catch(() => {});
    }, LONG_MS / 4);
    try {
      for (let item = left.pop(); item !== undefined; item = left.pop()) {
        if (batch?.begin() === false) return claiming.lose([item, ...left.splice(0)]);
        if (this.#isTooLate(item) || item.isBehind && !await this.#hasInputs(item)) {
          await claiming.giveBack([item]);
          continue;
        }
        if (!this.#mayBegin()) return await this.#giveBackRest(batch, [item, ...left.splice(0)]);
        // Only a long task is a reason to release the others; a slow backend is not.
        begun.at = now();
        const ran = this.#runOne(item);
        if (ran !== undefined) await ran;
        begun.at = Infinity;
      }
    } finally {
      clearInterval(timer);
      batch?.close();
      await givingBack;
    }
  }

  /**
   * Whether a task can run that was claimed together with tasks that it needs: they have not failed, and their results
   * can be loaded, although they may not be stored yet.
   */
  async #hasInputs({ task }: Claimed): Promise<boolean> {
    const { graph, store } = this.#parts;
    const isPending = (hash: Hash) => this.#completions.isPending(hash);
    const missing = graph.missingFor(task);
    if (missing.every((hash) => isPending(hash) && store.isCached(hash))) return true;
    if (!missing.every(isPending)) return false;
    await this.#completions.flush();
    return graph.missingFor(task).length === 0;
  }

  /** Lets the coordinator take tasks of a batch while another one blocks this thread. */
  #openBatch(claimed: readonly Claimed[]): OwnBatch | undefined {
    const { batch } = this.#parts;
    batch?.open(claimed.map(({ task }) => task));
    return batch;
  }

  /** Releases tasks of a batch that have not begun. */
  async #giveBackRest(batch: OwnBatch | undefined, rest: readonly Claimed[]): Promise<void> {
    const { claiming } = this.#parts;
    if (batch?.close() === true) claiming.lose(rest);
    else await claiming.giveBack(rest);
  }

  /** Whether the time no longer suffices for a task, which it did when the task was claimed. */
  #isTooLate({ task }: Claimed): boolean {
    return this.#parts.time.exceededBy(task) !== undefined;
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
    const needed = requiredTasks(claimed.flatMap(({ task, isBehind }) => isBehind ? [] : task.dependencies));
    if (needed.length > 0) await store.prefetch(needed.map((task) => task.hash));
  }

  /** Runs a task. Returns a promise only if there is something to wait for. */
  #runOne(item: Claimed): Promise<void> | undefined {
    if (this.#parts.hooks.has("execute.task-pre-execute")) return this.#runAfterHook(item);
    const outcome = this.#parts.runner.run(item.task, item.lock);
    return outcome instanceof Promise
      ? outcome.then((outcome) => this.#settle(item, outcome))
      : this.#settle(item, outcome);
  }

  async #runAfterHook(item: Claimed): Promise<void> {
    const { hooks, ending, claiming, runner } = this.#parts;
    await hooks.callForTask("execute.task-pre-execute", item.task);
    if (ending.isAsked) return await claiming.giveBack([item]);
    await this.#settle(item, await runner.run(item.task, item.lock));
  }

  #settle(item: Claimed, outcome: TaskOutcome): Promise<void> | undefined {
    const { ending, claiming, admission, time, batches, graph, runner } = this.#parts;
    const { task } = item;
    switch (outcome.kind) {
      case "finished":
        admission.end(task);
        batches.learn(task.name, outcome.ms);
        time.learn(task.name, outcome.ms);
        return this.#complete(item, outcome);
      case "failed":
        // The signal may have reached programs that the task started, so the process that takes it over decides.
        if (runner.isDraining) return this.#giveBackFailed(item, outcome.thrown);
        admission.end(task);
        return this.#fail(outcome);
      case "dependency-lost":
        graph.lose(outcome.hash);
        return claiming.giveBack([item]);
      case "unreadable":
        ending.fail(outcome.error);
        return claiming.giveBack([item]);
      case "given-up":
        return claiming.giveBack([item]);
    }
  }

  #complete({ task, lock, isBehind }: Claimed, outcome: Extract<TaskOutcome, { kind: "finished" }>) {
    const { graph, store } = this.#parts;
    const { hash } = task;
    // The inputs were not stored when the task began, so it does not matter whether they are now.
    const isBasedOnOthers = isBehind && graph.missingFor(task).length > 0;
    if (store.backend.storesTogether === true) store.keepUnstored(hash, outcome.encoded.bytes);
    // Not only once the result is stored: the inputs of a whole batch would be in memory at once.
    graph.compute(hash);
    this.dropInputs(task);
    return this.#completions.add({ task, hash, ...outcome.encoded, lock, ms: outcome.ms, isBasedOnOthers });
  }

  async #fail({ running, thrown, start }: Extract<TaskOutcome, { kind: "failed" }>): Promise<void> {
    const { now, claimant, options, store, graph, report, ending } = this.#parts;
    const { task, lock, attempt, logText, span } = running;
    const encoded = encodeFailure(task, thrown, {
      start,
      finish: now(),
      claimant,
      kept: options.keepFailed,
      attempt,
      log: logText,
      trace: span?.trace,
    });
    await store.backend.fail([{ lock, ...encoded }]);
    graph.fail(task.hash);
    this.dropInputs(task);
    const error = reportTaskError(task, thrown);
    report({ kind: "failed", failure: { hash: task.hash, name: task.name, args: formatArguments(task.args), error } });
    if (endsRun(++this.#failures, options)) ending.ask({ kind: "failure" });
  }

  /** Releases a task that failed while the process ends. */
  async #giveBackFailed(item: Claimed, thrown: unknown): Promise<void> {
    const { report, claiming } = this.#parts;
    const { name, message } = reportTaskError(item.task, thrown);
    report({ kind: "note", text: `${formatCall(item.task)} is given back: it ended with ${name}: ${message}` });
    await claiming.giveBack([item]);
  }

  /** Other workers run these tasks now, or will. */
  #onLost(items: readonly Completed[]): void {
    const { graph } = this.#parts;
    for (const { hash, isBasedOnOthers } of items) {
      // Those that it was based on are lost as well, so it waits for them.
      if (isBasedOnOthers) graph.giveBack(hash);
      else graph.hold(hash);
    }
    this.#parts.onProgress();
  }

  /** Records stored results, which others can see from now on. */
  async #onStored(items: readonly Completed[]): Promise<void> {
    const { graph, reports, hooks, onProgress } = this.#parts;
    for (const { hash } of items) graph.finish(hash, true);
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
