/**
 * One `jug execute`: the main thread coordinates, workers in threads run the tasks.
 *
 * @module
 */
import type { Backend, Change, Membership } from "../backends/backend.ts";
import { openBackend } from "../backends/open.ts";
import type { ExecutionTally } from "../core/hooks.ts";
import { newTaskBudget } from "./allowance.ts";
import { errorText } from "./error_report.ts";
import type {
  ErrorReport,
  FinishHookName,
  FromWorker,
  StopReason,
  TaskFailure,
  WorkerEnd,
  WorkerOptions,
} from "./messages.ts";
import { makeOwner } from "./owner.ts";
import { Progress } from "./progress.ts";
import { onAbort, onSignals } from "./signals.ts";
import { addCounts, tallyOf } from "./tally.ts";
import { WorkerThread } from "./thread.ts";

/** What is to be run, and how. */
export interface RunRequest {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** How many threads. */
  readonly workers: number;
  readonly leaseMs: number;
  /** The most tasks to run; unbounded where it is missing. */
  readonly maxTasks: number | undefined;
  readonly options: Omit<WorkerOptions, "taskBudget" | "hasSiblings">;
  /** Opened already; the run closes it. Default: what `address` names. */
  readonly backend?: Backend;
  /** Ends the run as a signal of the system would, and the system's own are left to the caller. Default: they are heard. */
  readonly signal?: AbortSignal;
  /** Called when the workers are over, between the hooks of the run's end. */
  readonly onOver: (summary: RunSummary) => void;
  /** Says a line of what goes on. */
  readonly say: (line: string) => void;
  /** Shows what a task printed. */
  readonly output: (stream: "stdout" | "stderr", text: string, task: string) => void;
  /** Says a line that must be seen even when quiet. */
  readonly warn: (line: string) => void;
}

/** What came of a run. */
export interface RunSummary {
  /** What was run and what was found, by the names of tasks. */
  readonly tally: ExecutionTally;
  readonly failures: readonly TaskFailure[];
  /** The account of the worker that ended last; `undefined` where none ended by itself. */
  readonly end: WorkerEnd | undefined;
  readonly stop: StopReason | undefined;
  /** The jugfile could not be loaded. */
  readonly loadError: ErrorReport | undefined;
  /** A worker could not go on. */
  readonly broken: { readonly error: ErrorReport; readonly isFault: boolean } | undefined;
  /** The jugfile or a task called Deno.exit. */
  readonly exitCalled: string | undefined;
}

/** How long after a signal the workers may take to end, in milliseconds: within two seconds all must be over. */
const FORCE_MS = 1500;
/** How often a line of progress is said, in milliseconds. */
const PROGRESS_MS = 2000;

/**
 * Runs what is ready until all is finished or cannot be.
 *
 * @throws {JugError} where the backend cannot be opened.
 */
export async function run(request: RunRequest): Promise<RunSummary> {
  const backend = request.backend ?? await openBackend(request.address, { create: true });
  const coordinator = new Coordinator(request, backend);
  try {
    const owner = makeOwner(request.leaseMs);
    const membership = await backend.join(owner);
    const stopRenewing = renewRegularly(membership, request);
    try {
      await coordinator.run(owner);
    } finally {
      stopRenewing();
      await membership.leave();
    }
    await coordinator.callHooks("execute.finished_pre_status");
    request.onOver(coordinator.summary());
    await coordinator.callHooks("execute.finished_post_status");
    return coordinator.summary();
  } finally {
    coordinator.end();
    await backend.close();
  }
}

function renewRegularly(membership: Membership, { leaseMs, warn }: RunRequest): () => void {
  const timer = setInterval(() => {
    membership.renew().catch((error: unknown) => {
      warn(`the lease could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, leaseMs / 3);
  return () => clearInterval(timer);
}

class Coordinator {
  readonly #request: RunRequest;
  readonly #backend: Backend;
  readonly #threads: WorkerThread[] = [];
  readonly #executed = new Map<string, number>();
  readonly #ms = new Map<string, number>();
  readonly #failures: TaskFailure[] = [];
  readonly #progress = new Progress();
  readonly #damaged = new Set<string>();
  #lastEnd: WorkerEnd | undefined;
  #stop: StopReason | undefined;
  #loadError: ErrorReport | undefined;
  #broken: { error: ErrorReport; isFault: boolean } | undefined;
  #exitCalled: string | undefined;
  #listening: AbortController | undefined;
  #finish: () => void = () => {};

  constructor(request: RunRequest, backend: Backend) {
    this.#request = request;
    this.#backend = backend;
  }

  async run(owner: ReturnType<typeof makeOwner>): Promise<void> {
    const { workers, maxTasks, options, jugfile, address, args } = this.#request;
    const over = new Promise<void>((resolve) => this.#finish = resolve);
    const { signal: wish } = this.#request;
    const hear = (signal: string) => this.#onSignal(signal);
    const removeSignals = wish === undefined ? onSignals(hear) : onAbort(wish, () => hear("abort"));
    const progress = setInterval(() => this.#sayProgress(), PROGRESS_MS);
    try {
      const taskBudget = newTaskBudget(maxTasks);
      const hasSiblings = workers > 1;
      for (let index = 0; index < workers; index++) {
        const thread = new WorkerThread(index, (from, message) => this.#hear(from, message));
        this.#threads.push(thread);
        const setup = {
          jugfile,
          address,
          args,
          owner,
          thread: index,
          options: { ...options, taskBudget, hasSiblings },
        };
        thread.start(setup, address.startsWith("memory:") ? this.#backend : undefined);
      }
      await over;
    } finally {
      clearInterval(progress);
      removeSignals();
      this.#listening?.abort();
    }
  }

  /** Calls the hooks of the run's end, in the first worker. */
  async callHooks(name: FinishHookName): Promise<void> {
    const thread = this.#threads[0];
    if (this.#loadError === undefined) await thread?.callHooks(name, this.summary().tally);
  }

  /** A program goes on after a run: the threads must not. */
  end(): void {
    for (const thread of this.#threads) thread.terminate();
  }

  summary(): RunSummary {
    return {
      tally: tallyOf(this.#executed, this.#ms, this.#lastEnd),
      failures: this.#failures,
      end: this.#lastEnd,
      stop: this.#stop ?? this.#lastEnd?.stopped,
      loadError: this.#loadError,
      broken: this.#broken,
      exitCalled: this.#exitCalled,
    };
  }

  #hear(thread: WorkerThread, message: FromWorker): void {
    switch (message.kind) {
      case "running":
        this.#progress.running(thread.index, message.tasks);
        break;
      case "executed":
        addCounts(this.#executed, message.counts);
        addCounts(this.#ms, message.ms);
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
        this.#progress.view(thread.index, message.view);
        break;
      case "idle":
      case "busy":
        thread.isIdle = message.kind === "idle";
        if (thread.isIdle) this.#progress.running(thread.index, []);
        this.#listenWhileIdle();
        break;
      case "note":
        this.#request.say(message.text);
        break;
      case "output":
        this.#request.output(message.stream, message.text, message.label);
        break;
      case "progress":
        this.#progress.task(message.label, message.fraction, message.note);
        break;
      case "timed":
      case "timed-over":
        break;
      case "limit":
        this.#stopAll({ kind: "limit", text: message.text });
        break;
      case "load-failed":
        this.#loadError ??= message.error;
        this.#stopAll({ kind: "failure" });
        break;
      case "exit-called": {
        const { code, place } = message;
        const where = place === undefined ? "" : ` at ${place.file}:${place.line}`;
        this.#exitCalled ??= `Deno.exit(${code}) was called${where}`;
        this.#stopAll({ kind: "failure" });
        this.#end(thread, undefined);
        break;
      }
      case "broken":
        this.#broken ??= { error: message.error, isFault: message.isFault };
        this.#stopAll({ kind: "failure" });
        this.#end(thread, undefined);
        break;
      case "ended":
        this.#end(thread, message.end);
        break;
    }
  }

  #onFailure(thread: WorkerThread, failure: TaskFailure): void {
    this.#failures.push(failure);
    this.#request.warn(failureText(failure));
    this.#tellOthers(thread, [{ kind: "failed", hash: failure.hash }]);
    if (!this.#request.options.keepGoing) this.#stopAll({ kind: "failure" });
  }

  #tellOthers(from: WorkerThread, changes: readonly Change[]): void {
    for (const thread of this.#threads) if (thread !== from) thread.tell(changes);
  }

  #stopAll(reason: StopReason): void {
    this.#stop ??= reason;
    for (const thread of this.#threads) thread.stop(reason);
  }

  #onSignal(signal: string): void {
    if (this.#stop?.kind === "signal") {
      this.#finish();
      return;
    }
    this.#request.say(`${signal}: giving up what is running and releasing its locks (once more ends at once)`);
    this.#stop = undefined;
    this.#stopAll({ kind: "signal", signal });
    // A thread inside a synchronous function hears nothing; what it computes may still be stored, its lock goes all the same.
    setTimeout(() => this.#finish(), FORCE_MS);
  }

  #end(thread: WorkerThread, end: WorkerEnd | undefined): void {
    if (thread.isOver) return;
    thread.isOver = true;
    thread.isIdle = false;
    thread.end = end;
    this.#lastEnd = end ?? this.#lastEnd;
    this.#progress.running(thread.index, []);
    this.#listenWhileIdle();
    if (this.#threads.every((other) => other.isOver)) this.#finish();
  }

  /** Listens for what other processes do, but only while a worker here has nothing else to do. */
  #listenWhileIdle(): void {
    const isWanted = this.#threads.some((thread) => thread.isIdle);
    if (!isWanted) {
      this.#listening?.abort();
      this.#listening = undefined;
    } else if (this.#listening === undefined) {
      this.#listening = new AbortController();
      this.#listen(this.#listening.signal).catch((error: unknown) => {
        // Waiting workers ask by themselves now and then, so this costs time and nothing else.
        this.#request.warn(`changes cannot be watched: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changes = await this.#backend.waitForChange(signal);
      for (const thread of this.#threads) thread.tell(changes);
    }
  }

  #sayProgress(): void {
    const line = this.#progress.line(this.#executed);
    if (line !== undefined) this.#request.say(line);
  }
}

/** A task's failure as its user reads it: which task, what, where in his own code. */
export function failureText({ name, args, error }: TaskFailure): string {
  return `${name}(${args}) failed\n  ${errorText(error)}`;
}
