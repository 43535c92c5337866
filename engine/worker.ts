/**
 * A worker: one loop that claims ready tasks and runs them, until all is finished or cannot be.
 *
 * @module
 */
import type { Backend, Change, Claimant, ClaimOutcome, Lock } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { formatArguments } from "../core/format.ts";
import { requiredTasks } from "../core/node.ts";
import type { ExecutionTally } from "../core/hooks.ts";
import { noMatchNotice, taskPattern } from "../core/pattern.ts";
import type { DeclaredTask, Session } from "../core/session.ts";
import { Admission, type SharedLimits, sharedLimits } from "./admission.ts";
import { Allowance } from "./allowance.ts";
import { BatchSizes } from "./batch_sizes.ts";
import { type Completed, Completions } from "./completions.ts";
import { reportError } from "./error_report.ts";
import { encodeFailure, endsRun, failedIn, keptFailures } from "./failures.ts";
import { type Choice, Graph } from "./graph.ts";
import { HookCalls, type TaskHookName } from "./hook_calls.ts";
import { findLeftovers } from "./leftovers.ts";
import type { Loading } from "./load.ts";
import type { FinishHookName, FromWorker, StopReason, WorkerEnd, WorkerOptions } from "./messages.ts";
import { Openings } from "./openings.ts";
import type { RunningTask } from "./running_task.ts";
import { memoryShares, newTaskBudget, type Shares } from "./shares.ts";
import type { Store } from "./store.ts";
import { type TaskOutcome, TaskRunner } from "./task_runner.ts";
import { turn, Wake } from "./wake.ts";
import { callText, WorkerReports } from "./worker_reports.ts";

/** What a worker works with. */
export interface WorkerParts {
  readonly session: Session;
  readonly store: Store;
  readonly claimant: Claimant;
  readonly options: WorkerOptions;
  /** What it shares with others and where it asks for that. Default: what the options say is in memory. */
  readonly shared?: { readonly limits: SharedLimits; readonly shares: Shares } | undefined;
  /** Tasks that failed in this run before. */
  readonly failed?: readonly Hash[] | undefined;
  /** Tells the coordinator. */
  readonly report: (message: FromWorker) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called now and then between tasks, to keep the memory small. */
  readonly keepMemory?: (() => void) | undefined;
}

/** How long a worker goes on before it lets messages in, in milliseconds. */
const BREATH_MS = 20;
/** How often a waiting worker tries the locks of others, in milliseconds: a dead one's must be taken within two seconds. */
const RECLAIM_MS = 500;
/** How many locks of others are tried at a time. */
const RECLAIM_COUNT = 64;
/** How long a running task may go on after a signal before it is given up, in milliseconds. */
const GRACE_MS = 1000;
/** When a task runs longer than this, the rest of its batch goes to others, in milliseconds. */
const LONG_MS = 200;
/** How long checking the results of earlier runs may take, in milliseconds; those left are checked when they are read. */
const VERIFY_MS = 10_000;
/** How many are checked at a time. */
const VERIFY_COUNT = 64;
/** From this many new tasks on, listing all results costs less than asking for each. */
const LIST_FROM = 500;

interface Claimed {
  readonly task: DeclaredTask;
  readonly lock: Lock;
}

/** One loop over the tasks of one session. */
export class Worker {
  readonly #session: Session;
  readonly #store: Store;
  readonly #backend: Backend;
  readonly #claimant: Claimant;
  readonly #options: WorkerOptions;
  readonly #report: (message: FromWorker) => void;
  readonly #now: () => number;
  readonly #keepMemory: (() => void) | undefined;
  readonly #graph: Graph;
  readonly #runner: TaskRunner;
  readonly #completions: Completions;
  readonly #reports: WorkerReports;
  readonly #allowance: Allowance;
  readonly #admission: Admission;
  readonly #batches: BatchSizes;
  readonly #hooks: HookCalls;
  readonly #openings: Openings;
  readonly #wake = new Wake();
  /** Who held a task when it was last tried. */
  readonly #owners = new Map<Hash, string>();
  /** Results that were there when their tasks were declared, and have not been checked. */
  readonly #unverified: Hash[] = [];
  /** Tasks that run beside the loop, where several run at once. */
  readonly #slots = new Set<Promise<void>>();
  #keptFailures = new Set<Hash>();
  /** What failed in this run, before it was declared here too. */
  readonly #failedBefore: Set<Hash>;
  /** How many tasks failed here. */
  #failures = 0;
  #lastBreath = 0;
  #nextTry = 0;
  #tried = 0;
  /** In how many milliseconds a parked task may be let begin. */
  #retryIn = Infinity;
  #stopped: StopReason | undefined;
  #fault: { readonly error: unknown } | undefined;
  #waitLimitReached = false;
  #loading: Loading | undefined;

  constructor(parts: WorkerParts) {
    const { session, store, claimant, options, report, now } = parts;
    this.#session = session;
    this.#store = store;
    this.#backend = store.backend;
    this.#claimant = claimant;
    this.#options = options;
    this.#report = report;
    this.#now = now;
    this.#keepMemory = parts.keepMemory;
    const pattern = options.target === undefined ? undefined : taskPattern(options.target);
    this.#graph = new Graph({
      isWanted: (name) => pattern === undefined || pattern.matches(name),
      start: startingPlace(claimant),
    });
    const { owner, thread } = claimant;
    this.#runner = new TaskRunner({
      session,
      store,
      workerName: `${owner.host ?? "host"}:${owner.pid ?? owner.id}.${thread}`,
      voice: {
        output: (label, stream, text) => report({ kind: "output", label, stream, text }),
        progress: (label, fraction, note) => report({ kind: "progress", label, fraction, note }),
      },
      tellsAll: options.tellsAll,
      checksArguments: options.debug,
      hasTimeLimits: options.inspectPort === undefined,
      onTimed: (running, timeout) => this.#tellTimed(running, timeout),
      onRetry: (running, thrown, pauseMs) => this.#tellRetry(running, thrown, pauseMs),
      now,
    });
    this.#completions = new Completions(store, (items) => this.#onStored(items));
    this.#reports = new WorkerReports({
      send: report,
      now,
      tellsHashes: options.hasSiblings,
      graph: this.#graph,
      running: () => this.#runner.tasks,
      isLoading: () => this.#unended() > 0,
    });
    this.#failedBefore = new Set(parts.failed);
    const limits = parts.shared?.limits ?? options.limits ?? sharedLimits({}, now());
    const shares = parts.shared?.shares ?? memoryShares(limits, options.taskBudget ?? newTaskBudget(undefined));
    this.#allowance = new Allowance(options, session.limits, shares, now);
    this.#admission = new Admission(limits, shares, now);
    this.#hooks = new HookCalls(session, (reason) => this.#limit(reason));
    this.#batches = new BatchSizes(this.#backend.batchSize);
    this.#openings = new Openings({
      opened: (task) => this.#graph.open(task),
      failed: (error) => {
        report({ kind: "load-failed", error: reportError(error) });
        this.#stopped ??= { kind: "failure" };
      },
      ended: () => this.#wake.wake(),
    });
    session.onDeclare = (task) => {
      this.#graph.add(task);
      this.#wake.wake();
    };
    session.keeper = {
      hold: (barrier) => {
        this.#wake.wake();
        return this.#graph.holdBarrier(barrier);
      },
    };
    for (const task of session.tasks.values()) this.#graph.add(task);
    store.keepOnly((hash) => this.#graph.isNeeded(hash));
  }

  /** What `task` needed, and nothing else needs, is dropped from memory. */
  #dropInputs(task: DeclaredTask | undefined): void {
    if (task !== undefined && this.#store.cachedBytes > 0) this.#store.forget(this.#graph.noLongerNeeded(task));
  }

  /** What others did. */
  hear(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case "finished":
          this.#graph.finish(change.hash);
          this.#dropInputs(this.#graph.node(change.hash)?.task);
          break;
        case "failed":
          // A failure that an earlier run left was known before; this one is fresh, and is not tried again.
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

  /** Resolves when a task has a result; it is run before all others. */
  ensure({ hash }: DeclaredTask): Promise<void> {
    this.#graph.urge(hash);
    this.#wake.wake();
    return this.#graph.holdBarrier({ waitsFor: [hash], place: undefined });
  }

  /** Asks the loop to end. */
  stop(reason: StopReason): void {
    this.#stopped ??= reason;
    if (reason.kind === "signal") {
      setTimeout(() => {
        this.#session.cancel.abort();
        this.#runner.giveUp();
      }, GRACE_MS);
    }
    this.#wake.wake();
  }

  /** Works until nothing is left to do. `loading`: the jugfile, where it may declare more. */
  async run(loading: Loading | undefined): Promise<WorkerEnd> {
    this.#loading = loading;
    loading?.settled.then(() => this.#wake.wake());
    this.#keptFailures = await keptFailures(this.#backend);
    // What was declared before the first await of the jugfile is known after a turn.
    await turn();
    while (this.#stopped === undefined && this.#fault === undefined) {
      if (this.#graph.hasUnchecked) await this.#lookUpNew();
      if (this.#graph.hasToOpen) {
        for (const task of this.#graph.takeToOpen()) this.#openings.begin(task);
        // What a function declares before its first await is known after a turn.
        await turn();
        continue;
      }
      const claimed = await this.#claim();
      if (claimed.length > 0) await this.#begin(claimed);
      else await this.#completions.flush();
      if (claimed.length > 0) await this.#breathe();
      else if (this.#isUpToDate() && !await this.#wait()) break;
    }
    await Promise.all(this.#slots);
    this.#reports.close();
    await this.#completions.flush();
    const fault = this.#fault ?? this.#hooks.failure;
    if (fault !== undefined) throw fault.error;
    return this.#end();
  }

  /** Calls the hooks of an event at the end of a run. */
  callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
    return this.#hooks.callAtEnd(name, tally);
  }

  /** Asks the backend about tasks that were declared since the last time. */
  async #lookUpNew(): Promise<void> {
    const hashes = this.#graph.unchecked();
    const found: Hash[] = [];
    if (hashes.length < LIST_FROM) {
      for (const hash of await this.#store.has(hashes)) found.push(hash);
    } else {
      for await (const batch of this.#backend.list()) {
        for (const hash of batch) if (this.#graph.node(hash)?.state === "unchecked") found.push(hash);
      }
    }
    for (const hash of found) this.#graph.finish(hash);
    for (const hash of hashes) {
      if (this.#keptFailures.has(hash) || this.#failedBefore.has(hash)) this.#graph.fail(hash);
    }
    this.#graph.settleUnchecked(hashes.length);
    if (this.#claimant.thread > 0) return;
    this.#unverified.push(...found);
    if (!this.#hooks.has("execute.task-loadable")) return;
    for (const hash of found) await this.#callHooks("execute.task-loadable", this.#graph.node(hash)?.task);
  }

  /** How many pieces of the jugfile's own code have not ended: its module, and functions of compound tasks. */
  #unended(): number {
    return this.#openings.count + (this.#loading === undefined || this.#loading.outcome !== undefined ? 0 : 1);
  }

  /** Calls the hooks of an event; one that fails ends the run. */
  async #callHooks(name: TaskHookName, task: DeclaredTask | undefined): Promise<void> {
    if (task === undefined || !this.#hooks.has(name)) return;
    if (!await this.#hooks.callForTask(name, task)) this.#stopped ??= { kind: "failure" };
  }

  /**
   * Checks results that were there already, which nobody may have read since a disk was full or a machine lost power.
   * Answers whether one was damaged, so that there is something to run.
   */
  async #verifyFound(): Promise<boolean> {
    const deadline = this.#now() + VERIFY_MS;
    let lost = false;
    while (this.#unverified.length > 0 && this.#now() < deadline && this.#stopped === undefined) {
      for (const hash of await this.#store.verify(this.#unverified.splice(-VERIFY_COUNT))) {
        this.#graph.lose(hash);
        lost = true;
      }
      await this.#breathe();
    }
    return lost;
  }

  /** Claims ready tasks: as many as are worth one call, or as there are free slots. */
  async #claim(): Promise<Claimed[]> {
    const refusal = this.#allowance.check();
    if (refusal !== undefined) {
      this.#limit(refusal);
      return [];
    }
    this.#retryIn = Infinity;
    const limit = this.#options.concurrency > 1 ? this.#freeSlots() : this.#batches.limit;
    this.#batches.begin();
    const tasks = this.#graph.take(limit, (task) => this.#choose(task));
    return tasks.length === 0 ? [] : await this.#claimTasks(tasks);
  }

  #freeSlots(): number {
    return this.#options.concurrency - this.#slots.size;
  }

  #choose(task: DeclaredTask): Choice {
    if (this.#options.concurrency === 1 && !this.#batches.fits(task.name)) return "stop";
    const admitted = this.#admission.admit(task);
    if (admitted.kind === "yes") return "take";
    this.#retryIn = Math.min(this.#retryIn, admitted.inMs);
    return "park";
  }

  /** Claims tasks that were admitted. */
  async #claimTasks(tasks: readonly DeclaredTask[]): Promise<Claimed[]> {
    const outcomes = await this.#backend.claim(tasks.map((task) => task.hash), this.#claimant);
    const failed = await this.#failedBeside(outcomes);
    const claimed: Claimed[] = [];
    let i = 0;
    for (const task of tasks) {
      const outcome = outcomes[i++];
      if (outcome?.kind === "claimed" && failed.has(task.hash)) {
        await this.#giveBack([{ task, lock: outcome.lock }]);
        this.#graph.fail(task.hash);
        continue;
      }
      if (outcome?.kind === "claimed") {
        if (outcome.stolen) this.#note(`took over ${callText(task)} from a dead process`);
        claimed.push({ task, lock: outcome.lock });
        continue;
      }
      this.#admission.end(task);
      if (outcome?.kind === "finished") {
        this.#graph.finish(task.hash);
        await this.#callHooks("execute.task-loadable", task);
      } else if (outcome?.kind === "held") {
        this.#owners.set(task.hash, outcome.owner);
        this.#graph.hold(task.hash, outcome.owner === this.#claimant.owner.id);
      }
    }
    return claimed;
  }

  /** Tasks that failed in another worker of this process a moment ago: no word of it came yet, and their locks are free. */
  async #failedBeside(outcomes: readonly ClaimOutcome[]): Promise<ReadonlySet<Hash>> {
    if (!this.#options.hasSiblings) return new Set();
    const hashes = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock.hash] : []);
    return await failedIn(this.#claimant.owner, this.#backend, hashes);
  }

  /** Runs what was claimed: one after another, or each in a slot of its own beside the loop. */
  async #begin(claimed: readonly Claimed[]): Promise<void> {
    this.#reports.begin(claimed.map(({ task }) => task));
    if (claimed.length > 1) await this.#prefetch(claimed);
    if (this.#options.concurrency === 1) return await this.#runInTurn(claimed);
    for (const item of claimed) {
      if (!await this.#mayBegin([item])) continue;
      const slot = this.#runOne(item).catch((error: unknown) => {
        this.#fault ??= { error };
      }).finally(() => {
        this.#slots.delete(slot);
        this.#wake.wake();
      });
      this.#slots.add(slot);
    }
  }

  async #runInTurn(claimed: readonly Claimed[]): Promise<void> {
    const [only] = claimed;
    if (only !== undefined && claimed.length === 1) {
      if (await this.#mayBegin(claimed)) await this.#runOne(only);
      return;
    }
    const left = claimed.toReversed();
    const begun = { at: Infinity };
    let givingBack = Promise.resolve();
    // While an asynchronous task takes its time, what is not begun goes to others.
    const timer = setInterval(() => {
      if (left.length === 0 || this.#now() - begun.at < LONG_MS) return;
      givingBack = this.#giveBack(left.splice(0));
      givingBack.catch(() => {});
    }, LONG_MS / 4);
    try {
      for (let item = left.pop(); item !== undefined; item = left.pop()) {
        if (!await this.#mayBegin([item, ...left])) return;
        // Only a task that takes long is a reason to give the others away, a slow backend is none.
        begun.at = this.#now();
        await this.#runOne(item);
        begun.at = Infinity;
      }
    } finally {
      clearInterval(timer);
      await givingBack;
    }
  }

  /** Whether the first of these may begin; otherwise all are given back. */
  async #mayBegin(claimed: readonly Claimed[]): Promise<boolean> {
    const refusal = this.#stopped === undefined ? this.#allowance.take() : "stopped";
    if (refusal === undefined) return true;
    if (this.#stopped === undefined) this.#limit(refusal);
    await this.#giveBack(claimed);
    return false;
  }

  /** What a batch of tasks needs is loaded in few calls, where each costs as much as many tasks. */
  async #prefetch(claimed: readonly Claimed[]): Promise<void> {
    if (this.#backend.batchSize === 1) return;
    const needed = requiredTasks(claimed.flatMap(({ task }) => task.dependencies));
    if (needed.length > 0) await this.#store.prefetch(needed.map((task) => task.hash));
  }

  async #giveBack(claimed: readonly Claimed[]): Promise<void> {
    await this.#backend.release(claimed.map((item) => item.lock));
    for (const { task } of claimed) {
      this.#admission.end(task);
      this.#graph.giveBack(task.hash);
    }
  }

  async #runOne(item: Claimed): Promise<void> {
    const { task, lock } = item;
    if (this.#hooks.has("execute.task-pre-execute")) {
      await this.#callHooks("execute.task-pre-execute", task);
      if (this.#stopped !== undefined) return await this.#giveBack([item]);
    }
    const outcome = await this.#runner.run(task, lock);
    switch (outcome.kind) {
      case "finished":
        this.#admission.end(task);
        this.#batches.learn(task.name, outcome.ms);
        return await this.#completions.add({ task, hash: task.hash, bytes: outcome.bytes, lock, ms: outcome.ms });
      case "failed":
        this.#admission.end(task);
        return await this.#fail(outcome);
      case "dependency-lost":
        this.#graph.lose(outcome.hash);
        return await this.#giveBack([item]);
      case "given-up":
        return await this.#giveBack([item]);
    }
  }

  async #fail({ running, thrown, start }: Extract<TaskOutcome, { kind: "failed" }>): Promise<void> {
    const { task, lock, attempt, logText } = running;
    const bytes = encodeFailure(task, thrown, {
      start,
      finish: this.#now(),
      claimant: this.#claimant,
      kept: this.#options.keepFailed,
      attempt,
      log: logText,
    });
    await this.#backend.fail([{ lock, bytes }]);
    this.#graph.fail(task.hash);
    this.#dropInputs(task);
    const error = reportError(thrown);
    this.#report({
      kind: "failed",
      failure: { hash: task.hash, name: task.name, args: formatArguments(task.args), error },
    });
    if (endsRun(++this.#failures, this.#options)) this.#stopped ??= { kind: "failure" };
  }

  /** What was computed is stored now, and others see it. */
  async #onStored(items: readonly Completed[]): Promise<void> {
    for (const { hash } of items) this.#graph.finish(hash, true);
    for (const { task } of items) this.#dropInputs(task);
    this.#reports.executed(items);
    if (this.#hooks.has("execute.task-executed1")) {
      for (const { task } of items) await this.#callHooks("execute.task-executed1", task);
    }
    if (this.#slots.size > 0) this.#wake.wake();
  }

  /** Now and then, lets the event loop turn: messages come in, a signal is heard. */
  async #breathe(): Promise<void> {
    if (this.#now() - this.#lastBreath < BREATH_MS) return;
    this.#reports.tellExecuted();
    await turn();
    this.#keepMemory?.();
    this.#lastBreath = this.#now();
  }

  /** Whether nothing can be begun and nothing is new. */
  #isUpToDate(): boolean {
    return this.#stopped === undefined && this.#fault === undefined && !this.#graph.hasUnchecked &&
      !this.#graph.hasToOpen && (this.#freeSlots() <= 0 || !this.#graph.hasReady());
  }

  /** Waits for something to do; answers whether there may be any. */
  async #wait(): Promise<boolean> {
    this.#reports.tellExecuted();
    // Whoever passed a barrier declares its tasks within a turn.
    await turn();
    if (!this.#isUpToDate()) return true;
    if (this.#slots.size > 0 || this.#graph.hasParked && this.#retryIn < Infinity) return await this.#waitForSlot();
    if (this.#graph.counts.held > 0) return await this.#waitForOthers();
    // Meanwhile the jugfile may have gone on.
    if (await this.#verifyFound() || !this.#isUpToDate()) return true;
    const unended = this.#unended();
    if (unended === 0) return await this.#findLost();
    // Tasks that failed keep the barriers shut for this run, and nobody else can open them.
    if (this.#graph.barriers.length >= unended) return false;
    this.#reports.view("at once");
    await this.#wake.wait(Infinity);
    return true;
  }

  /** Waits until a task that runs beside the loop ends, or one that was parked may begin. */
  async #waitForSlot(): Promise<true> {
    this.#reports.view("soon");
    const canTry = this.#freeSlots() > 0 && this.#graph.counts.held > 0;
    await this.#wake.wait(Math.min(this.#retryIn, canTry ? RECLAIM_MS : Infinity));
    if (canTry && this.#now() >= this.#nextTry) await this.#tryHeld();
    return true;
  }

  /** A server may have come back empty in the meantime: what it lost must run again. Answers whether something did. */
  async #findLost(): Promise<boolean> {
    // Where a call costs no more than its items do, what is stored is on a disk of ours.
    if (!this.#completions.hasStored || this.#backend.batchSize === 1) return false;
    const finished: Hash[] = [];
    for (const { task, state } of this.#graph.nodes()) if (state === "finished") finished.push(task.hash);
    const there = await this.#store.has(finished);
    const lost = finished.filter((hash) => !there.has(hash));
    if (lost.length === 0) return false;
    this.#note(`${lost.length} results are gone from ${this.#backend.address}: their tasks run again`);
    this.#store.forget(lost);
    for (const hash of lost) this.#graph.lose(hash);
    return true;
  }

  /** Waits while others have what is left, trying their locks now and then in case they died. */
  async #waitForOthers(): Promise<boolean> {
    this.#report({ kind: "idle" });
    this.#reports.view("at once");
    const deadline = this.#now() + this.#options.waitLimitMs;
    this.#nextTry = this.#now() + RECLAIM_MS;
    try {
      while (this.#isUpToDate() && this.#graph.counts.held > 0) {
        const now = this.#now();
        if (now >= deadline && this.#areHeldElsewhere()) {
          this.#waitLimitReached = true;
          return false;
        }
        const woken = await this.#wake.wait((now < deadline ? Math.min(this.#nextTry, deadline) : this.#nextTry) - now);
        const refusal = this.#allowance.check();
        if (refusal !== undefined) this.#limit(refusal);
        // News may come all the time: it must not keep us from looking for the dead.
        if (this.#stopped !== undefined || woken && this.#now() < this.#nextTry) continue;
        if (await this.#tryHeld()) return true;
      }
      return true;
    } finally {
      this.#report({ kind: "busy" });
    }
  }

  /** Tries locks of others, in case they died; answers whether any was taken over. */
  async #tryHeld(): Promise<boolean> {
    this.#nextTry = this.#now() + RECLAIM_MS;
    const held = this.#graph.held();
    const tried: DeclaredTask[] = [];
    for (let i = 0; i < Math.min(RECLAIM_COUNT, held.length); i++) {
      const task = held[(this.#tried + i) % held.length];
      if (task !== undefined && this.#admission.admit(task).kind === "yes") tried.push(task);
    }
    this.#tried += RECLAIM_COUNT;
    const claimed = tried.length === 0 ? [] : await this.#claimTasks(tried);
    if (claimed.length === 0) return false;
    // A dead process may have left many: no more of them than a batch is kept from the other workers.
    this.#batches.begin();
    const excess = this.#options.concurrency > 1
      ? this.#freeSlots()
      : claimed.findIndex(({ task }) => !this.#batches.fits(task.name));
    if (excess > 0 && excess < claimed.length) await this.#giveBack(claimed.splice(excess));
    this.#report({ kind: "busy" });
    await this.#begin(claimed);
    await this.#completions.flush();
    return true;
  }

  /** Whether no other worker of this process is at one of them: what that one is at will end, or the process will. */
  #areHeldElsewhere(): boolean {
    return this.#graph.held().every(({ hash }) => this.#owners.get(hash) !== this.#claimant.owner.id);
  }

  #limit(text: string): void {
    this.#stopped ??= { kind: "limit", text };
    this.#report({ kind: "limit", text });
  }

  #note(text: string): void {
    this.#report({ kind: "note", text });
  }

  /** The coordinator watches tasks with a time limit: inside a synchronous function this thread cannot. */
  #tellTimed({ task, lock, label, attempt }: RunningTask, timeout: number | undefined): void {
    if (timeout === undefined) this.#report({ kind: "timed-over", hash: task.hash });
    else this.#report({ kind: "timed", lock, name: task.name, label, attempt, timeout });
  }

  #tellRetry(running: RunningTask, thrown: unknown, pauseMs: number): void {
    const { name, message } = reportError(thrown);
    const text = `attempt ${running.attempt} failed (${name}: ${message}), the next one follows in ${pauseMs} ms`;
    running.keep(`[${text}]\n`);
    this.#note(`${running.label}: ${text}`);
  }

  /** A `--target` that means nothing is a slip of the pen more often than not. */
  #noteNoMatch(): void {
    const { target } = this.#options;
    if (target === undefined || this.#claimant.thread > 0) return;
    const nodes = [...this.#graph.nodes()];
    if (nodes.some((node) => node.wanted)) return;
    this.#note(noMatchNotice(taskPattern(target), nodes.map((node) => node.task.name)));
  }

  #end(): WorkerEnd {
    this.#reports.tellExecuted();
    this.#reports.view("at once");
    this.#noteNoMatch();
    const finishedByName: Record<string, number> = {};
    for (const { task, state } of this.#graph.nodes()) {
      if (state === "finished") finishedByName[task.name] = (finishedByName[task.name] ?? 0) + 1;
    }
    return {
      finishedByName,
      leftovers: findLeftovers(this.#graph, {
        owners: this.#owners,
        kept: this.#keptFailures,
        lacking: (task) => this.#admission.impossible(task),
      }),
      barrier: this.#graph.barriers[0]?.place,
      isLoaded: this.#unended() === 0,
      hasFinishHooks: this.#hooks.has("execute.finished_pre_status") ||
        this.#hooks.has("execute.finished_post_status"),
      waitLimitReached: this.#waitLimitReached,
      stopped: this.#stopped,
    };
  }
}

/** A number from 0 to 1 that differs between workers (FNV-1a of who it is). */
function startingPlace({ owner, thread }: Claimant): number {
  let hash = 0x811c9dc5;
  for (const char of `${owner.id}.${thread}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash / 0x1_0000_0000;
}
