/**
 * The coordinator of one `jug execute`: starts workers, handles their messages, informs each of what the others did,
 * replaces lost workers and sums up the run.
 *
 * @module
 */
import type { Backend, Change, Owner } from "../../backends/backend.ts";
import { isJugError } from "../../core/errors.ts";
import type { OpenTransport } from "../messages/transport.ts";
import { listDurations } from "../../backends/optional_parts.ts";
import { LONGEST_WAIT_MS } from "../../core/defaults.ts";
import { ChangeListener } from "./change_listener.ts";
import { Drain, drainText } from "./drain.ts";
import { failureText, plainReport, reportError, type TaskFailure } from "../results/error_report.ts";
import { type Culprit, releaseTaken, settleTasks } from "./lost_worker.ts";
import { StuckBatches } from "./stuck_batches.ts";
import { newSharedBatch } from "../limits/shared_batch.ts";
import type { Hash } from "../../core/brand.ts";
import {
  type FinishHookName,
  type FromWorker,
  type StopReason,
  takenOverText,
  type WorkerEnd,
  type WorkerSetup,
} from "../messages/messages.ts";
import { Progress } from "../progress/progress.ts";
import { ProgressLines } from "../progress/progress_text.ts";
import { RunOutcome } from "./run_outcome.ts";
import type { RunRequest, RunSummary } from "./run_request.ts";
import type { RunTelemetry } from "./run_telemetry.ts";
import { newTaskBudget, settleAccount, withAccount } from "../limits/shared_counters.ts";
import { onAbort, onSignals } from "../threads/signals.ts";
import { inThreads } from "./thread_transport.ts";
import { endedText } from "../threads/thread_guard.ts";
import { hungText, Watchdog, type WatchedAttempt } from "./watchdog.ts";
import { WorkerHandle } from "./worker_handle.ts";
import { isMemoryAddress } from "../../backends/scheme.ts";

/**
 * How long the workers may take to end after the grace period, in milliseconds. After Ctrl-C, the whole run must be over
 * within two seconds.
 */
const FORCE_MS = 500;
/** How long running tasks may continue after the caller's own signal, in milliseconds. */
const ABORT_GRACE_MS = 1000;
/** The run ends after this many deaths of processes that were running no task. */
const IDLE_DEATHS = 3;
/** How often a line of progress is printed, in milliseconds. */
const PROGRESS_MS = 2000;
/** How often progress is passed to `watch`, in milliseconds. */
const WATCH_MS = 200;

/** Coordinates the workers of one run. */
export class Coordinator {
  readonly #request: RunRequest;
  /** The backend itself, which threads may share. */
  readonly #opened: Backend;
  /** The backend, possibly with a span for each call. */
  readonly #backend: Backend;
  readonly #telemetry: RunTelemetry | undefined;
  readonly #threads: WorkerHandle[] = [];
  readonly #listener: ChangeListener;
  readonly #outcome = new RunOutcome();
  readonly #progress = new Progress(() => performance.now());
  readonly #lines = new ProgressLines();
  readonly #damaged = new Set<string>();
  readonly #batches = new StuckBatches((index, hashes) => void this.#onTaken(index, hashes), Date.now);
  readonly #watchdog = new Watchdog((index, attempt) => this.#onExceeded(index, attempt), Date.now);
  /** How many lost workers have not been replaced yet. */
  #replacing = 0;
  #idleDeaths = 0;
  #open: OpenTransport = inThreads(undefined);
  /** Set after the first signal. */
  #drain: Drain<WorkerHandle> | undefined;
  #forcing: ReturnType<typeof setTimeout> | undefined;
  #finish: () => void = () => {};

  constructor(request: RunRequest, opened: Backend, telemetry?: RunTelemetry) {
    const backend = telemetry?.traced(opened) ?? opened;
    this.#request = request;
    this.#opened = opened;
    this.#backend = backend;
    this.#telemetry = telemetry;
    this.#listener = new ChangeListener({
      backend,
      tell: (changes) => {
        for (const thread of this.#threads) thread.tell(changes);
      },
      warn: request.warn,
    });
  }

  async run(owner: Owner): Promise<void> {
    const { workers, maxTasks, options, jugfile, address, args, isolation, watch } = this.#request;
    const over = new Promise<void>((resolve) => this.#finish = resolve);
    const { signal: wish } = this.#request;
    const hear = (signal: string) => this.#onSignal(signal);
    const removeSignals = wish === undefined ? onSignals(hear) : onAbort(wish, () => hear("abort"));
    const progress = setInterval(
      () => this.#showProgress(),
      this.#request.watch === undefined ? PROGRESS_MS : WATCH_MS,
    );
    try {
      this.#open = await this.#howToOpen();
      const taskBudget = newTaskBudget(maxTasks);
      const isWatched = watch !== undefined || isolation !== undefined;
      const common = { ...options, taskBudget, workers, tellsAll: isolation !== undefined };
      for (let index = 0; index < workers; index++) {
        const batch = isolation === undefined ? newSharedBatch() : undefined;
        const telemetry = this.#telemetry?.setup;
        this.#start({ jugfile, address, args, owner, thread: index, isWatched, options: common, batch, telemetry });
      }
      await over;
      await this.#settleAccount();
    } finally {
      clearInterval(progress);
      clearTimeout(this.#forcing);
      this.#drain?.end();
      removeSignals();
      this.#listener.want(false);
      this.#watchdog.end();
      this.#batches.end();
      // Once they are gone, they claim no more tasks, so no lock is left behind.
      for (const thread of this.#threads) if (!thread.isOver) thread.terminate();
    }
  }

  /**
   * Asks one worker for its account again, after all changes have been sent. If several workers end at the same time,
   * none of them knows what the others did last. If everything was finished, nothing can be added.
   */
  async #settleAccount(): Promise<void> {
    if (this.#threads.length === 1 || !this.#outcome.leavesTasks) return;
    const end = await this.#threads.findLast((thread) => thread.end !== undefined)?.account();
    if (end !== undefined) this.#outcome.ended(end);
  }

  async #howToOpen(): Promise<OpenTransport> {
    const { isolation, address, output } = this.#request;
    if (isolation === undefined) return inThreads(isMemoryAddress(address) ? this.#opened : undefined);
    const { inProcesses } = await import("../isolate/process_transport.ts");
    return inProcesses(isolation, (stream, text) => output(stream, text, undefined));
  }

  #start(setup: WorkerSetup): void {
    const { pool } = setup.options;
    const own = pool === undefined ? setup : { ...setup, options: { ...setup.options, pool: withAccount(pool) } };
    if (setup.batch !== undefined) this.#batches.watch(setup.thread, setup.batch);
    this.#threads.push(new WorkerHandle(own, this.#open, (from, message) => this.#hear(from, message)));
  }

  /** Calls the hooks of the run's end, in the first worker that ended by itself. */
  async callHooks(name: FinishHookName): Promise<void> {
    const thread = this.#threads.find((thread) => thread.end !== undefined);
    if (this.#outcome.isLoaded) await thread?.callHooks(name, this.summary().tally);
  }

  /** Ends the threads: a program may continue after the run, but they must not. */
  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  summary(): RunSummary {
    return this.#outcome.summary();
  }

  #hear(thread: WorkerHandle, message: Exclude<FromWorker, { kind: "account" }>): void {
    switch (message.kind) {
      case "executed":
        this.#outcome.executed(message.sums);
        this.#telemetry?.executed(message);
        this.#tellOthers(thread, message.hashes.map((hash) => ({ kind: "finished", hash })));
        break;
      case "damaged":
        if (!this.#damaged.has(message.hash)) {
          this.#damaged.add(message.hash);
          this.#request.warn(
            `a result in ${this.#backend.address} is damaged (${message.reason}); its task ${
              message.hash.slice(0, 8)
            } runs again`,
          );
        }
        this.#tellOthers(thread, [{ kind: "removed", hash: message.hash }]);
        break;
      case "failed":
        this.#onFailure(thread, message.failure);
        break;
      case "view":
        thread.view = message.view;
        this.#progress.view(thread.index, message.view);
        break;
      case "draining":
        void this.#drain?.heard(thread, message.running);
        break;
      case "idle":
      case "busy":
        thread.isIdle = message.kind === "idle";
        if (thread.isIdle) this.#progress.rest(thread.index);
        this.#listener.want(this.#threads.some((thread) => thread.isIdle));
        break;
      case "note":
        this.#request.say(message.text);
        break;
      case "taken-over":
        this.#telemetry?.takenOver(message.name);
        this.#request.say(takenOverText(message));
        break;
      case "output":
        this.#watchdog.heard(thread.index, message.hash, message.text);
        this.#request.output(message.stream, message.text, message.label);
        break;
      case "progress":
        this.#progress.note(thread.index, message.label, message.fraction, message.note);
        break;
      case "timed":
        thread.hasBegun = true;
        this.#watchdog.begin(thread.index, message);
        break;
      case "timed-waiting":
        // If it is the only task, nothing else can block the thread.
        if (thread.setup.options.concurrency > 1) this.#watchdog.waits(thread.index, message.hash);
        break;
      case "timed-over":
        this.#watchdog.over(thread.index, message.hash);
        break;
      case "died":
        this.#onDeath(thread, message.reason);
        break;
      case "limit":
        this.#stopAll({ kind: "limit", text: message.text });
        break;
      case "load-failed":
        this.#telemetry?.broke(message.error);
        this.#outcome.loadFailed(message.error);
        this.#stopAll({ kind: "failure" });
        break;
      case "exit-called": {
        const text = endedText(message.call, message.place);
        this.#outcome.exitCalled(text);
        this.#telemetry?.broke(plainReport(text));
        this.#stopAll({ kind: "failure" });
        this.#end(thread, undefined);
        break;
      }
      case "broken":
        this.#outcome.broke(message.error, message.isFault);
        this.#telemetry?.broke(message.error);
        this.#stopAll({ kind: "failure" });
        this.#end(thread, undefined);
        break;
      case "ended":
        this.#end(thread, message.end);
        break;
    }
  }

  #onFailure(thread: WorkerHandle, failure: TaskFailure): void {
    this.#outcome.failed(failure);
    this.#telemetry?.failed(failure);
    this.#request.warn(failureText(failure));
    this.#tellOthers(thread, [{ kind: "failed", hash: failure.hash }]);
    if (this.#outcome.hasTooManyFailures(this.#request.options)) this.#stopAll({ kind: "failure" });
  }

  /** Replaces a worker whose task is still running some time after its limit. */
  #onExceeded(index: number, attempt: WatchedAttempt): void {
    const thread = this.#threads.find((thread) => thread.index === index);
    if (thread === undefined || thread.isOver) return;
    if (this.#drain !== undefined) return this.#abandon(thread);
    this.#request.say(hungText(attempt.label, this.#request.isolation === undefined));
    const text = `it took longer than its timeout of ${attempt.timeout} ms, and did not return`;
    this.#replace(thread, { attempt, error: new DOMException(text, "TimeoutError") }, thread.setup.options.concurrency);
  }

  /**
   * Handles the death of a worker's process. If it was running one task, that task failed. If it was running several,
   * they run again one by one. If it was running none, the worker is replaced, or the run ends.
   */
  #onDeath(thread: WorkerHandle, reason: string): void {
    if (thread.isOver) return;
    // What ends the process may end the worker's process as well, so that its task is no culprit.
    if (this.#drain !== undefined) return this.#abandon(thread);
    const attempts = this.#watchdog.forget(thread.index);
    const [attempt] = attempts;
    if (attempt !== undefined && attempts.length === 1) {
      const error = new Error(`its worker process ${reason}`);
      this.#replace(thread, { attempt, error }, thread.setup.options.concurrency);
      return;
    }
    if (attempts.length > 1) {
      const calls = attempts.slice(0, 3).map(({ label }) => label).join(", ");
      this.#request.say(
        `a worker process ${reason} while it ran ${attempts.length} tasks (${calls}): they run again, one by one`,
      );
      this.#replace(thread, undefined, 1);
      return;
    }
    const text = `its process ${reason} while it was not running a task`;
    if (++this.#idleDeaths < IDLE_DEATHS && thread.hasBegun) {
      this.#request.say(`a worker is replaced: ${text}`);
      this.#replace(thread, undefined, thread.setup.options.concurrency);
      return;
    }
    this.#hear(thread, { kind: "broken", error: plainReport(text, text), isFault: false });
  }

  /** Gives a worker up while the run ends: its tasks are released. */
  #abandon(thread: WorkerHandle): void {
    this.#replace(thread, undefined, thread.setup.options.concurrency);
  }

  /** Gives a worker up and starts another in its place, unless the run ends. */
  #replace(thread: WorkerHandle, culprit: Culprit | undefined, concurrency: number): void {
    thread.isGone = true;
    this.#watchdog.forget(thread.index);
    this.#batches.forget(thread.index);
    thread.terminate();
    this.#replacing++;
    this.#end(thread, undefined);
    this.#settle(thread, culprit).then(() => {
      if (this.#outcome.isStopped) return;
      this.#start({
        ...thread.setup,
        thread: this.#threads.length,
        batch: thread.setup.batch && newSharedBatch(),
        failed: this.#outcome.failedHashes,
        options: { ...thread.setup.options, concurrency },
      });
    }).catch((thrown: unknown) => {
      this.#outcome.broke(reportError(thrown), !isJugError(thrown));
      this.#stopAll({ kind: "failure" });
    }).finally(() => {
      this.#replacing--;
      this.#finishIfOver();
    });
  }

  async #settle(thread: WorkerHandle, culprit: Culprit | undefined): Promise<void> {
    const { owner, thread: index, options } = thread.setup;
    if (options.pool !== undefined) settleAccount(options.pool);
    const trace = culprit && this.#telemetry?.lost(culprit);
    const how = { kept: options.keepFailed, now: Date.now(), trace };
    const { failure, released } = await settleTasks(this.#backend, { owner, thread: index }, culprit, how);
    if (failure !== undefined) this.#onFailure(thread, failure);
    this.#tellOthers(thread, released.map((hash) => ({ kind: "released", hash })));
  }

  /** Releases tasks that were taken from a worker which is stuck in another task. */
  async #onTaken(index: number, hashes: readonly Hash[]): Promise<void> {
    const thread = this.#threads.find((thread) => thread.index === index);
    if (thread === undefined) return;
    try {
      const released = await releaseTaken(this.#backend, { owner: thread.setup.owner, thread: index }, hashes);
      for (const other of this.#threads) other.tell(released.map((hash) => ({ kind: "released", hash })));
    } catch (error) {
      // The worker gets them back when its task has ended.
      this.#request.warn(`tasks that wait for a long one were not released: ${reportError(error).message}`);
    }
  }

  #tellOthers(from: WorkerHandle, changes: readonly Change[]): void {
    for (const thread of this.#threads) if (thread !== from) thread.tell(changes);
  }

  #stopAll(reason: StopReason): void {
    this.#outcome.stopped(reason);
    for (const thread of this.#threads) thread.stop(reason);
  }

  #onSignal(signal: string): void {
    if (this.#drain !== undefined) {
      this.#finish();
      return;
    }
    const { graceMs = () => ABORT_GRACE_MS, say } = this.#request;
    const grace = Math.min(graceMs(signal), LONGEST_WAIT_MS - FORCE_MS);
    const until = Date.now() + grace;
    const reason: StopReason = { kind: "signal", signal, until };
    this.#outcome.signalled(reason);
    this.#stopAll(reason);
    this.#batches.takeAll();
    this.#drain = new Drain({
      until,
      workers: this.#threads,
      durations: () => listDurations(this.#backend),
      abandon: (thread) => this.#abandon(thread),
    });
    // Printed after the workers have been told: from this line on, no further task begins.
    say(drainText(signal, grace > ABORT_GRACE_MS ? grace : undefined));
    // A thread inside a synchronous function receives no message. Its result may still be stored, but its lock is
    // released in any case.
    this.#forcing = setTimeout(() => this.#finish(), grace + FORCE_MS);
  }

  #end(thread: WorkerHandle, end: WorkerEnd | undefined): void {
    if (thread.isOver) return;
    thread.isOver = true;
    thread.isIdle = false;
    thread.end = end;
    if (end !== undefined) this.#outcome.ended(end);
    this.#progress.rest(thread.index);
    this.#listener.want(this.#threads.some((thread) => thread.isIdle));
    this.#watchdog.forget(thread.index);
    this.#batches.forget(thread.index);
    this.#finishIfOver();
  }

  #finishIfOver(): void {
    if (this.#replacing === 0 && this.#threads.every((thread) => thread.isOver)) this.#finish();
  }

  #showProgress(): void {
    const { watch } = this.#request;
    const progress = this.#progress.look(this.#outcome.ran);
    if (watch !== undefined) return watch(progress);
    const line = this.#lines.next(progress);
    if (line !== undefined) this.#request.say(line);
  }
}
