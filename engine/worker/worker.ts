/**
 * A worker: one loop that claims ready tasks and runs them, until all tasks are finished or cannot be.
 *
 * @module
 */
import type { Change, Claimant } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import { taskPattern } from "../../core/pattern.ts";
import { currentTask, type DeclaredTask, type Loaded, type Session } from "../../core/session/session.ts";
import { Admission } from "../limits/admission.ts";
import { type ResourcePool, resourcePool } from "../limits/resource_pool.ts";
import { TimeLeft } from "../limits/time_left.ts";
import { RunBudget } from "../limits/run_budget.ts";
import { BatchSizes } from "./batch_sizes.ts";
import { EventYield } from "./event_yield.ts";
import { Claiming } from "./claiming.ts";
import { DependencyLost } from "../task/dependency_lost.ts";
import { Dispatch } from "./dispatch.ts";
import { Ending } from "./ending.ts";
import { reportError } from "../results/error_report.ts";
import { fnv1a } from "../limits/name_hash.ts";
import { changedCodeText, findChangedCode } from "../results/changed_code.ts";
import { MissingArguments } from "./missing_arguments.ts";
import { isSharedJugdir } from "../load/jugdir.ts";
import { Graph } from "../graph/graph.ts";
import { HookCalls } from "./hook_calls.ts";
import { KnownResults } from "./known_results.ts";
import { findUnfinished, type UnfinishedFacts } from "../graph/unfinished.ts";
import type { Loading } from "../load/load.ts";
import type { FinishHookName, FromWorker, StopReason, WorkerEnd, WorkerOptions } from "../messages/messages.ts";
import { OwnCode } from "./own_code.ts";
import { workerName } from "../results/owner.ts";
import { memoryCounters, newTaskBudget, type SharedCounters } from "../limits/shared_counters.ts";
import type { Store } from "../results/store.ts";
import { TaskRunner } from "../task/task_runner.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { OwnBatch, type SharedBatch } from "../limits/shared_batch.ts";
import { turn, Wake } from "../threads/wake.ts";
import { Waiting } from "./waiting.ts";
import { begunTask, WorkerReports } from "./worker_reports.ts";
import { formatCall } from "../../core/format.ts";

/** What a {@linkcode Worker} works with. */
export interface WorkerParts {
  readonly session: Session;
  readonly store: Store;
  readonly claimant: Claimant;
  readonly options: WorkerOptions;
  /** The resource pool and counters shared with other workers. Default: those in memory that the options name. */
  readonly shared?: { readonly pool: ResourcePool; readonly counters: SharedCounters } | undefined;
  /** Where to note how far a batch is. Default: nobody else looks. */
  readonly batch?: SharedBatch | undefined;
  /** Tasks that failed earlier in this run. */
  readonly failed?: readonly Hash[] | undefined;
  /** Sends a message to the coordinator. */
  readonly report: (message: FromWorker) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What the worker tells a collector. Default: nothing. */
  readonly telemetry?: Telemetry | undefined;
  /** Called now and then between tasks, to limit the use of memory. */
  readonly keepMemory?: (() => void) | undefined;
}

/** One loop over the tasks of one session. */
export class Worker {
  readonly #session: Session;
  readonly #store: Store;
  readonly #claimant: Claimant;
  readonly #options: WorkerOptions;
  readonly #report: (message: FromWorker) => void;
  readonly #now: () => number;
  readonly #graph: Graph;
  readonly #known: KnownResults;
  readonly #claiming: Claiming;
  readonly #runner: TaskRunner;
  readonly #dispatch: Dispatch;
  readonly #reports: WorkerReports;
  readonly #budget: RunBudget;
  readonly #admission: Admission;
  readonly #time: TimeLeft;
  readonly #hooks: HookCalls;
  readonly #code: OwnCode;
  readonly #eventYield: EventYield;
  readonly #ending: Ending;
  readonly #waiting: Waiting;
  readonly #wake = new Wake();

  constructor(parts: WorkerParts) {
    const { session, store, claimant, options, report, now } = parts;
    this.#session = session;
    this.#store = store;
    this.#claimant = claimant;
    this.#options = options;
    this.#report = report;
    this.#now = now;
    const pattern = options.target === undefined ? undefined : taskPattern(options.target);
    const graph = new Graph({
      isWanted: (name) => pattern === undefined || pattern.matches(name),
      start: startingPlace(claimant, options.workers),
      groupOf: store.backend.groupOf?.bind(store.backend),
    });
    this.#graph = graph;
    const ending = new Ending((text) => report({ kind: "limit", text }));
    this.#ending = ending;
    const hooks = new HookCalls(session, ending);
    this.#hooks = hooks;
    this.#known = new KnownResults({
      store,
      graph,
      hooks,
      isFirst: claimant.thread === 0,
      failed: parts.failed ?? [],
      now,
    });
    const pool = parts.shared?.pool ?? options.pool ?? resourcePool({}, now());
    const counters = parts.shared?.counters ?? memoryCounters(pool, options.taskBudget ?? newTaskBudget(undefined));
    this.#budget = new RunBudget(options, session.limits, counters, now);
    this.#admission = new Admission(pool, counters, now);
    this.#time = new TimeLeft(options.timeFrame, now);
    // Nobody could take tasks from a worker in its own process while it is stuck.
    const batches = new BatchSizes(options.tellsAll ? 1 : store.backend.batchSize);
    this.#claiming = new Claiming({
      backend: store.backend,
      claimant,
      graph,
      admission: this.#admission,
      time: this.#time,
      batches,
      hooks,
      isSerial: options.concurrency === 1,
      hasSiblings: options.workers > 1,
      yieldIfDue: () => this.#yieldIfDue(),
      onTakenOver: (task) => report({ kind: "taken-over", name: task.name, label: formatCall(task) }),
    });
    this.#reports = new WorkerReports({
      send: report,
      now,
      tellsHashes: options.workers > 1,
      tellsDurations: parts.telemetry !== undefined,
      graph,
      running: () => [...this.#runner.running],
      isLoading: () => this.#code.unended > 0,
      hasBegun: () => this.#code.hasBegun,
    });
    this.#runner = new TaskRunner({
      session,
      store,
      workerName: workerName(claimant),
      voice: this.#reports,
      tellsAll: options.tellsAll,
      checksArguments: options.debug,
      hasTimeLimits: options.inspectPort === undefined,
      onTimed: (running, timeout) => this.#reports.timed(running, timeout),
      onWaiting: (running) => this.#reports.waiting(running),
      onRetry: (running, thrown, pauseMs) => this.#reports.retry(running, thrown, pauseMs),
      isAlone: options.concurrency === 1,
      spans: parts.telemetry?.taskSpans,
      now,
    });
    this.#dispatch = new Dispatch({
      store,
      claimant,
      options,
      graph,
      claiming: this.#claiming,
      runner: this.#runner,
      budget: this.#budget,
      admission: this.#admission,
      time: this.#time,
      batches,
      hooks,
      reports: this.#reports,
      ending,
      batch: parts.batch && new OwnBatch(parts.batch),
      report,
      now,
      onProgress: () => this.#wake.wake(),
    });
    this.#eventYield = new EventYield({
      before: () => this.#reports.tellExecuted(),
      keepMemory: parts.keepMemory,
      now,
    });
    this.#code = new OwnCode({
      opened: (task) => graph.open(task),
      failed: (error) => {
        report({ kind: "load-failed", error: reportError(error) });
        ending.ask({ kind: "failure" });
      },
      changed: () => this.#onCodeChanged(),
    });
    const missingArguments = options.debug && claimant.thread === 0
      ? new MissingArguments((text) => this.#note(text))
      : undefined;
    this.#waiting = new Waiting({
      store,
      options,
      graph,
      known: this.#known,
      claiming: this.#claiming,
      dispatch: this.#dispatch,
      budget: this.#budget,
      time: this.#time,
      reports: this.#reports,
      ending,
      wake: this.#wake,
      facts: () => this.#unfinishedFacts(),
      unended: () => this.#code.unended,
      yieldIfDue: () => this.#yieldIfDue(),
      report,
      note: (text) => this.#note(text),
      isFirst: claimant.thread === 0,
      now,
    });
    session.onDeclare = (task) => {
      missingArguments?.declared(task);
      graph.add(task);
      this.#wake.wake();
    };
    session.keeper = {
      hold: (barrier) => {
        this.#wake.wake();
        return graph.barriers.hold(barrier);
      },
    };
    for (const task of session.tasks.values()) session.onDeclare(task);
    store.keepOnly((hash) => graph.isNeeded(hash));
  }

  /** Applies changes that others report. */
  hear(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case "finished":
          this.#graph.finish(change.hash);
          this.#dispatch.dropInputs(this.#graph.node(change.hash)?.task);
          break;
        case "failed":
          // Failures of earlier runs were read at the start. This one is new, so this run does not try the task again.
          if (this.#graph.node(change.hash)?.state !== "claimed") this.#graph.fail(change.hash);
          break;
        case "released":
          this.#graph.giveBack(change.hash);
          break;
        case "removed":
          this.#store.forget([change.hash]);
          this.#graph.lose(change.hash);
          break;
      }
    }
    this.#wake.wake();
  }

  /** Runs a task before all others; resolves when it has a result. */
  ensure({ hash }: DeclaredTask): Promise<void> {
    this.#graph.urge(hash);
    this.#wake.wake();
    return this.#waitFor([hash]);
  }

  /**
   * Loads results that the jugfile itself reads. A result that existed but is now damaged or gone is computed again
   * first.
   */
  async load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>> {
    const loaded = await this.#store.load(hashes);
    // Another worker may have found the damage first, and reported it.
    const lost = hashes.filter((hash) => loaded.get(hash)?.kind === "missing" && this.#graph.wasFinished(hash));
    const [first] = lost;
    if (first === undefined) return loaded;
    // A running task cannot wait for another task, which may need the same slot to run.
    if (currentTask() !== undefined) throw new DependencyLost(first);
    for (const hash of lost) {
      this.#graph.lose(hash);
      this.#graph.urge(hash);
    }
    this.#wake.wake();
    await this.#waitFor(lost);
    return await this.load(hashes);
  }

  #waitFor(hashes: readonly Hash[]): Promise<void> {
    return this.#graph.barriers.hold({ waitsFor: { kind: "tasks", hashes }, place: undefined });
  }

  /** The tasks that are running now, as calls. */
  get running(): string[] {
    return this.#runner.tasks.map((task) => formatCall(task));
  }

  /** Stores and claims nothing from now on: the thread is about to end. */
  halt(): void {
    this.#ending.ask({ kind: "failure" });
    this.#dispatch.halt();
  }

  /** Asks the loop to end. */
  stop(reason: StopReason): void {
    this.#ending.ask(reason);
    if (reason.kind === "signal") {
      this.#runner.drain();
      this.#report({ kind: "draining", running: [...this.#runner.running].map(begunTask) });
      setTimeout(() => {
        this.#session.cancel.abort();
        this.#runner.giveUp();
      }, Math.max(0, reason.until - this.#now()));
    }
    this.#wake.wake();
  }

  /** Gives up tasks that cannot end before the process does. */
  giveBack(hashes: readonly Hash[]): void {
    this.#runner.giveUp(new Set(hashes));
  }

  /** Works until nothing is left to do. `loading`: the jugfile, if it may declare more tasks. */
  async run(loading: Loading | undefined): Promise<WorkerEnd> {
    this.#code.follow(loading);
    try {
      await this.#known.open();
      // Tasks that the jugfile declares before its first await are known after one turn.
      await turn();
      await this.#work();
      await this.#dispatch.drain();
    } finally {
      // Results that were stored count, however the run ends.
      this.#reports.tellExecuted();
    }
    if (this.#ending.fault !== undefined) throw this.#ending.fault.error;
    // One worker reports it for all, but not while the run is being stopped.
    if (this.#claimant.thread === 0 && !this.#ending.isAsked) await this.#noteChangedCode();
    return this.#end();
  }

  async #work(): Promise<void> {
    while (!this.#ending.isAsked) {
      if (this.#graph.hasUnchecked) await this.#known.lookUpNew();
      if (this.#graph.hasToOpen) {
        for (const task of this.#graph.takeToOpen()) this.#code.open(task);
        // Tasks that a function declares before its first await are known after one turn.
        await turn();
        continue;
      }
      await this.#time.read(this.#store.backend);
      const refusal = this.#budget.check();
      if (refusal !== undefined) this.#ending.limit(refusal);
      const claimed = refusal === undefined ? await this.#claiming.claimReady(this.#claimLimit) : [];
      if (claimed.length > 0) await this.#dispatch.begin(claimed);
      else await this.#dispatch.flush();
      await this.#yieldIfDue();
      if (claimed.length === 0 && this.#waiting.isUpToDate && !await this.#waiting.forWork()) return;
    }
  }

  /** Calls the hooks of an event at the end of a run. */
  callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
    return this.#hooks.callAtEnd(name, tally);
  }

  /** How many tasks to claim: as many as are worth one call, or as many as there are free slots. */
  get #claimLimit(): number {
    if (this.#budget.isTimeUp) return 1;
    return this.#options.concurrency > 1 ? this.#dispatch.freeSlots : this.#store.backend.batchSize;
  }

  /**
   * Sends another view when a part of the jugfile's own code has ended, or is reported as waiting: the last view may
   * have announced further tasks.
   */
  #onCodeChanged(): void {
    if (!this.#ending.isAsked) this.#reports.view("soon");
    this.#wake.wake();
  }

  /** Yields to the event loop now and then, so that messages and signals arrive. Returns whether to continue. */
  async #yieldIfDue(): Promise<boolean> {
    await this.#eventYield.ifDue();
    return !this.#ending.isAsked;
  }

  #note(text: string): void {
    this.#report({ kind: "note", text });
  }

  async #noteChangedCode(): Promise<void> {
    const { jugfile, tasks, jugdir } = this.#session;
    const isFinished = (hash: Hash) => this.#graph.node(hash)?.state === "finished";
    const found = await findChangedCode(this.#store.backend, tasks.values(), isFinished);
    const isShared = jugfile !== undefined && isSharedJugdir(jugdir, jugfile);
    for (const changed of found) this.#note(changedCodeText(changed, jugfile ?? "JUGFILE", isShared));
  }

  #end(): WorkerEnd {
    this.#reports.tellExecuted();
    this.#reports.view("at once");
    return this.account();
  }

  #unfinishedFacts(): UnfinishedFacts {
    return {
      owners: this.#claiming.owners,
      self: this.#claimant.owner.id,
      kept: this.#known.keptFailures,
      lacking: (task) => this.#admission.impossible(task),
      tooLong: (task) => this.#time.exceededBy(task),
    };
  }

  /** Returns the state of the tasks, as this worker sees it. */
  account(): WorkerEnd {
    return {
      ...countTasks(this.#graph),
      unfinished: findUnfinished(this.#graph, this.#unfinishedFacts()),
      barrier: this.#graph.barriers.place,
      isLoaded: this.#code.unended === 0,
      hasBegun: this.#code.hasBegun,
      hasFinishHooks: this.#hooks.has("execute.finished_pre_status") ||
        this.#hooks.has("execute.finished_post_status"),
      waitLimitReached: this.#waiting.isLimitReached,
      isTimeOver: this.#waiting.isTimeOver,
      stopped: this.#ending.reason,
    };
  }
}

/** Returns where in a list this worker begins, from 0 to 1: a hash of the process, plus equal steps for its workers. */
function startingPlace({ owner, thread }: Claimant, workers: number): number {
  return (fnv1a(owner.id) / 2 ** 32 + thread / workers) % 1;
}

/**
 * Counts the finished tasks of each name. `unwanted`: the names of all tasks if none of them is wanted; such a `--target`
 * is most likely a mistake.
 */
function countTasks(graph: Graph): Pick<WorkerEnd, "finishedByName" | "unwanted"> {
  const finishedByName: Record<string, number> = {};
  const names = new Set<string>();
  let isAnyWanted = false;
  for (const { wanted, task, state } of graph.nodes()) {
    names.add(task.name);
    isAnyWanted ||= wanted;
    if (state === "finished") finishedByName[task.name] = (finishedByName[task.name] ?? 0) + 1;
  }
  return { finishedByName, unwanted: isAnyWanted ? undefined : [...names] };
}
