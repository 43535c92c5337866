/**
 * A worker: one loop that claims ready tasks and runs them, until all is finished or cannot be.
 *
 * @module
 */
import type { Backend, Change, Claimant, Lock } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { resolveArguments, type SharedValues } from "../core/arguments.ts";
import { formatArguments } from "../core/format.ts";
import { requiredTasks } from "../core/node.ts";
import type { ExecutionTally } from "../core/hooks.ts";
import { noMatchNotice, taskPattern } from "../core/pattern.ts";
import { type DeclaredTask, type Loaded, runInTask, type Session } from "../core/session.ts";
import { Allowance } from "./allowance.ts";
import { BatchSizes } from "./batch_sizes.ts";
import { reportError } from "./error_report.ts";
import { encodeFailure, keptFailures } from "./failures.ts";
import { Graph } from "./graph.ts";
import { HookCalls, type TaskHookName } from "./hook_calls.ts";
import { findLeftovers } from "./leftovers.ts";
import type { Loading } from "./load.ts";
import type { FinishHookName, FromWorker, StopReason, WorkerEnd, WorkerOptions } from "./messages.ts";
import { Openings } from "./openings.ts";
import type { Store } from "./store.ts";
import { turn, Wake } from "./wake.ts";

/** What a worker works with. */
export interface WorkerParts {
  readonly session: Session;
  readonly store: Store;
  readonly claimant: Claimant;
  readonly options: WorkerOptions;
  /** Tells the coordinator. */
  readonly report: (message: FromWorker) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long a worker goes on before it lets messages in, in milliseconds. */
const BREATH_MS = 20;
/** How often the coordinator hears how things stand, in milliseconds. */
const VIEW_MS = 500;
/** How often a waiting worker tries the locks of others, in milliseconds: a dead one's must be taken within two seconds. */
const RECLAIM_MS = 500;
/** How many locks of others are tried at a time. */
const RECLAIM_COUNT = 64;
/** How long a running task may go on after a signal before it is given up, in milliseconds. */
const GRACE_MS = 1000;
/** Results are stored together up to this age in milliseconds, where a call to the backend is worth sharing. */
const FLUSH_MS = 20;
/** While a task runs longer than this, in milliseconds, the rest of its batch is given back to whoever is free. */
const LONG_MS = 200;
/** How long checking the results of earlier runs may take, in milliseconds; those left are checked when they are read. */
const VERIFY_MS = 10_000;
/** How many are checked at a time. */
const VERIFY_COUNT = 64;
/** How many descriptions of running tasks the coordinator is told. */
const TOLD = 8;

interface Claimed {
  readonly task: DeclaredTask;
  readonly lock: Lock;
}

interface Stored {
  readonly task: DeclaredTask;
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly lock: Lock;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
}

/** A dependency was damaged after it had been seen: the task is not at fault and waits again. */
class DependencyLost extends Error {
  constructor(readonly hash: Hash) {
    super("a dependency's result is gone");
  }
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
  readonly #graph: Graph;
  readonly #allowance: Allowance;
  readonly #batches: BatchSizes;
  readonly #wake = new Wake();
  readonly #shared: SharedValues = new Map();
  readonly #owners = new Map<Hash, string>();
  /** Results that were there when their tasks were declared, and have not been checked. */
  readonly #unverified: Hash[] = [];
  #keptFailures = new Set<Hash>();
  #stored: Stored[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #hasStored = false;
  /** What was stored and not told yet. */
  #executed = new Map<string, number>();
  #executedMs = new Map<string, number>();
  #executedHashes: Hash[] = [];
  readonly #workerName: string;
  #storedSince = 0;
  #lastBreath = 0;
  #lastView = 0;
  #lastTold = 0;
  #stopped: StopReason | undefined;
  #giveUp: (() => void) | undefined;
  #waitLimitReached = false;
  #loading: Loading | undefined;
  readonly #hooks: HookCalls;
  /** Compound tasks that are declaring what they stand for. */
  readonly #openings = new Openings({
    opened: (task) => this.#graph.open(task),
    failed: (error) => {
      this.#report({ kind: "load-failed", error: reportError(error) });
      this.#stopped ??= { kind: "failure" };
    },
    ended: () => this.#wake.wake(),
  });

  constructor(parts: WorkerParts) {
    this.#session = parts.session;
    this.#store = parts.store;
    this.#backend = parts.store.backend;
    this.#claimant = parts.claimant;
    const { owner, thread } = parts.claimant;
    this.#workerName = `${owner.host ?? "host"}:${owner.pid ?? owner.id}.${thread}`;
    this.#options = parts.options;
    this.#report = parts.report;
    this.#now = parts.now;
    const { target } = parts.options;
    const pattern = target === undefined ? undefined : taskPattern(target);
    this.#graph = new Graph({
      isWanted: (name) => pattern === undefined || pattern.matches(name),
      start: startingPlace(parts.claimant),
    });
    this.#allowance = new Allowance(parts.options, parts.session.limits, parts.now);
    this.#hooks = new HookCalls(parts.session, (reason) => this.#limit(reason));
    this.#batches = new BatchSizes(this.#backend.batchSize);
    this.#session.onDeclare = (task) => {
      this.#graph.add(task);
      this.#wake.wake();
    };
    this.#session.keeper = {
      hold: (barrier) => {
        this.#wake.wake();
        return this.#graph.holdBarrier(barrier);
      },
    };
    for (const task of this.#session.tasks.values()) this.#graph.add(task);
  }

  /** What others did. */
  hear(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case "finished":
          this.#graph.finish(change.hash);
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
        this.#giveUp?.();
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
    while (this.#stopped === undefined) {
      if (this.#graph.hasUnchecked) await this.#lookUpNew();
      if (this.#graph.hasToOpen) {
        for (const task of this.#graph.takeToOpen()) this.#openings.begin(task);
        // What a function declares before its first await is known after a turn.
        await turn();
        continue;
      }
      const claimed = await this.#claim();
      if (claimed.length > 0) await this.#runAll(claimed);
      else await this.#flush();
      this.#tellView(false);
      if (claimed.length > 0) await this.#breathe();
      else if (this.#isUpToDate() && !await this.#wait()) break;
    }
    await this.#flush();
    if (this.#hooks.failure !== undefined) throw this.#hooks.failure.error;
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
    for (const hash of hashes) if (this.#keptFailures.has(hash)) this.#graph.fail(hash);
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

  /** Claims ready tasks, as many as are worth one call. */
  async #claim(): Promise<Claimed[]> {
    const refusal = this.#allowance.check();
    if (refusal !== undefined) {
      this.#limit(refusal);
      return [];
    }
    this.#batches.begin();
    const tasks = this.#graph.take(this.#batches.limit, (task) => this.#batches.fits(task.name));
    if (tasks.length === 0) return [];
    return await this.#claimTasks(tasks);
  }

  async #claimTasks(tasks: readonly DeclaredTask[]): Promise<Claimed[]> {
    const outcomes = await this.#backend.claim(tasks.map((task) => task.hash), this.#claimant);
    const claimed: Claimed[] = [];
    let i = 0;
    for (const task of tasks) {
      const outcome = outcomes[i++];
      switch (outcome?.kind) {
        case "claimed":
          if (outcome.stolen) this.#note(`took over ${task.name}(${formatArguments(task.args)}) from a dead process`);
          claimed.push({ task, lock: outcome.lock });
          break;
        case "finished":
          this.#graph.finish(task.hash);
          // With siblings, one of them may have run it.
          if (!this.#options.hasSiblings) await this.#callHooks("execute.task-loadable", task);
          break;
        case "held":
          this.#owners.set(task.hash, outcome.owner);
          this.#graph.hold(task.hash);
          break;
      }
    }
    return claimed;
  }

  async #runAll(claimed: readonly Claimed[]): Promise<void> {
    this.#tellRunning(claimed);
    const isBatch = claimed.length > 1 || this.#backend.batchSize > 1;
    if (isBatch) await this.#prefetch(claimed);
    const left = claimed.toReversed();
    const tending = isBatch ? this.#tend(left) : undefined;
    try {
      for (let item = left.pop(); item !== undefined; item = left.pop()) {
        const refusal = this.#stopped === undefined ? this.#allowance.take() : "stopped";
        if (refusal !== undefined) {
          if (this.#stopped === undefined) this.#limit(refusal);
          left.push(item);
          await this.#giveBack(left.splice(0));
          return;
        }
        tending?.begin();
        await this.#runOne(item);
        tending?.pause();
        if (this.#stored.length >= this.#backend.batchSize || this.#now() - this.#storedSince >= FLUSH_MS) {
          await this.#flush();
        }
      }
    } finally {
      await tending?.end();
    }
  }

  /** What a batch of tasks needs is loaded in few calls, where each costs as much as many tasks. */
  async #prefetch(claimed: readonly Claimed[]): Promise<void> {
    if (this.#backend.batchSize === 1) return;
    const needed = requiredTasks(claimed.flatMap(({ task }) => task.dependencies));
    if (needed.length > 0) await this.#store.prefetch(needed.map((task) => task.hash));
  }

  /**
   * Looks after a batch while one of its tasks is asynchronous and takes its time: what is done is stored, what is not
   * begun (`left`) goes to others.
   */
  #tend(left: Claimed[]): { begin(): void; pause(): void; end(): Promise<void> } {
    // Only a task that takes long is a reason to give the others away, a slow backend is none.
    let begun = Infinity;
    let givingBack = Promise.resolve();
    const timer = setInterval(() => {
      const now = this.#now();
      // What fails here is met again by the next flush.
      if (this.#stored.length > 0 && now - this.#storedSince >= FLUSH_MS) this.#flush().catch(() => {});
      if (left.length > 0 && now - begun >= LONG_MS) {
        givingBack = this.#giveBack(left.splice(0));
        givingBack.catch(() => {});
      }
      if (left.length === 0 && this.#stored.length === 0) clearInterval(timer);
    }, FLUSH_MS);
    return {
      begin: () => void (begun = this.#now()),
      pause: () => void (begun = Infinity),
      end: () => {
        clearInterval(timer);
        return givingBack;
      },
    };
  }

  async #giveBack(claimed: readonly Claimed[]): Promise<void> {
    await this.#backend.release(claimed.map((item) => item.lock));
    for (const { task } of claimed) this.#graph.giveBack(task.hash);
  }

  async #runOne({ task, lock }: Claimed): Promise<void> {
    if (this.#hooks.has("execute.task-pre-execute")) {
      await this.#callHooks("execute.task-pre-execute", task);
      if (this.#stopped !== undefined) return await this.#giveBack([{ task, lock }]);
    }
    const start = this.#now();
    let bytes: Uint8Array;
    let ms: number;
    try {
      const args = await resolveArguments(task, (tasks) => this.#loadFor(tasks), this.#shared);
      // The function runs as user code: whatever it throws is the task's failure.
      let result: unknown = runInTask(this.#session, task, () => Reflect.apply(task.definition.fn, undefined, args));
      if (isThenable(result)) {
        const outcome = await this.#unlessGivenUp(result);
        if (outcome.kind === "given-up") {
          await this.#giveBack([{ task, lock }]);
          return;
        }
        result = outcome.value;
      }
      const finish = this.#now();
      const worker = this.#workerName;
      bytes = this.#store.encode(task, result, { name: task.name, start, finish, worker });
      ms = finish - start;
      this.#batches.learn(task.name, ms);
    } catch (error) {
      if (error instanceof DependencyLost) await this.#waitAgain(task, lock, error.hash);
      else await this.#fail(task, lock, error, start);
      return;
    }
    if (this.#stored.length === 0) this.#storedSince = start;
    this.#stored.push({ task, hash: task.hash, bytes, lock, ms });
  }

  async #loadFor(tasks: readonly DeclaredTask[]): Promise<Map<Hash, Loaded>> {
    const loaded = await this.#store.load(tasks.map((task) => task.hash));
    for (const [hash, outcome] of loaded) if (outcome.kind === "missing") throw new DependencyLost(hash);
    return loaded;
  }

  async #waitAgain(task: DeclaredTask, lock: Lock, lost: Hash): Promise<void> {
    await this.#backend.release([lock]);
    this.#graph.lose(lost);
    this.#graph.giveBack(task.hash);
  }

  async #fail(task: DeclaredTask, lock: Lock, thrown: unknown, start: number): Promise<void> {
    const error = reportError(thrown);
    const bytes = encodeFailure(task, thrown, {
      start,
      finish: this.#now(),
      claimant: this.#claimant,
      kept: this.#options.keepFailed,
    });
    await this.#backend.fail([{ lock, bytes }]);
    this.#graph.fail(task.hash);
    this.#report({
      kind: "failed",
      failure: { hash: task.hash, name: task.name, args: formatArguments(task.args), error },
    });
    if (!this.#options.keepGoing) this.#stopped ??= { kind: "failure" };
  }

  /** The outcome of an asynchronous task, unless it is given up before. */
  async #unlessGivenUp(result: PromiseLike<unknown>): Promise<Ended> {
    const givenUp = new Promise<Ended>((resolve) => {
      this.#giveUp = () => resolve({ kind: "given-up" });
    });
    try {
      return await Promise.race([result.then((value): Ended => ({ kind: "ended", value })), givenUp]);
    } finally {
      this.#giveUp = undefined;
    }
  }

  /** Stores what was computed, so that others see it. */
  async #flush(): Promise<void> {
    const stored = this.#stored;
    this.#stored = [];
    // One after another: who waits for this one waits for an earlier one that is under way, and learns if it failed.
    if (stored.length > 0) this.#flushing = this.#flushing.then(() => this.#storeAll(stored));
    await this.#flushing;
  }

  async #storeAll(stored: readonly Stored[]): Promise<void> {
    await this.#store.complete(stored);
    this.#hasStored = true;
    for (const { task, ms } of stored) {
      this.#graph.finish(task.hash, true);
      this.#executed.set(task.name, (this.#executed.get(task.name) ?? 0) + 1);
      this.#executedMs.set(task.name, (this.#executedMs.get(task.name) ?? 0) + ms);
      if (this.#options.hasSiblings) this.#executedHashes.push(task.hash);
    }
    if (this.#hooks.has("execute.task-executed1")) {
      for (const { task } of stored) await this.#callHooks("execute.task-executed1", task);
    }
    if (this.#now() - this.#lastBreath >= BREATH_MS) this.#tellExecuted();
  }

  #tellExecuted(): void {
    if (this.#executed.size === 0) return;
    this.#report({ kind: "executed", counts: this.#executed, ms: this.#executedMs, hashes: this.#executedHashes });
    this.#executed = new Map();
    this.#executedMs = new Map();
    this.#executedHashes = [];
  }

  /** Now and then, lets the event loop turn: messages come in, a signal is heard. */
  async #breathe(): Promise<void> {
    if (this.#now() - this.#lastBreath < BREATH_MS) return;
    this.#tellExecuted();
    await turn();
    this.#lastBreath = this.#now();
  }

  /** Whether there is nothing to claim and nothing new. */
  #isUpToDate(): boolean {
    return this.#stopped === undefined && !this.#graph.hasUnchecked && !this.#graph.hasToOpen &&
      !this.#graph.hasReady();
  }

  /** Waits for something to do; answers whether there may be any. */
  async #wait(): Promise<boolean> {
    this.#tellExecuted();
    // Whoever passed a barrier declares its tasks within a turn.
    await turn();
    if (!this.#isUpToDate()) return true;
    if (this.#graph.counts.held > 0) return await this.#waitForOthers();
    // Meanwhile the jugfile may have gone on.
    if (await this.#verifyFound() || !this.#isUpToDate()) return true;
    const unended = this.#unended();
    if (unended === 0) return await this.#findLost();
    // Tasks that failed keep the barriers shut for this run, and nobody else can open them.
    if (this.#graph.barriers.length >= unended) return false;
    this.#tellView(true);
    await this.#wake.wait(Infinity);
    return true;
  }

  /** A server may have come back empty in the meantime: what it lost must run again. Answers whether something did. */
  async #findLost(): Promise<boolean> {
    // Where a call costs no more than its items do, what is stored is on a disk of ours.
    if (!this.#hasStored || this.#backend.batchSize === 1) return false;
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
    this.#tellView(true);
    const deadline = this.#now() + this.#options.waitLimitMs;
    let nextTry = this.#now() + RECLAIM_MS;
    let offset = 0;
    try {
      while (this.#isUpToDate() && this.#graph.counts.held > 0) {
        const now = this.#now();
        if (now >= deadline && this.#areHeldElsewhere()) {
          this.#waitLimitReached = true;
          return false;
        }
        const woken = await this.#wake.wait((now < deadline ? Math.min(nextTry, deadline) : nextTry) - now);
        const refusal = this.#allowance.check();
        if (refusal !== undefined) this.#limit(refusal);
        // News may come all the time: it must not keep us from looking for the dead.
        if (this.#stopped !== undefined || woken && this.#now() < nextTry) continue;
        nextTry = this.#now() + RECLAIM_MS;
        const held = this.#graph.held();
        const tried = Array.from(
          { length: Math.min(RECLAIM_COUNT, held.length) },
          (_, i) => held[(offset + i) % held.length],
        ).filter((task) => task !== undefined);
        offset += tried.length;
        const claimed = await this.#claimTasks(tried);
        if (claimed.length === 0) continue;
        // A dead process may have left many: no more of them than a batch is kept from the other workers.
        this.#batches.begin();
        const excess = claimed.findIndex(({ task }) => !this.#batches.fits(task.name));
        if (excess > 0) await this.#giveBack(claimed.splice(excess));
        this.#report({ kind: "busy" });
        await this.#runAll(claimed);
        await this.#flush();
        return true;
      }
      return true;
    } finally {
      this.#report({ kind: "busy" });
    }
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

  #tellRunning(claimed: readonly Claimed[]): void {
    const now = this.#now();
    if (now - this.#lastTold < BREATH_MS) return;
    this.#lastTold = now;
    const tasks = claimed.slice(0, TOLD).map(({ task }) => `${task.name}(${formatArguments(task.args, 60)})`);
    this.#report({ kind: "running", tasks });
  }

  #tellView(atOnce: boolean): void {
    const now = this.#now();
    if (!atOnce && now - this.#lastView < VIEW_MS) return;
    this.#lastView = now;
    const { counts } = this.#graph;
    this.#report({
      kind: "view",
      view: {
        total: this.#graph.size,
        finished: counts.finished,
        waiting: counts.waiting + counts.unchecked,
        ready: counts.ready,
        failed: counts.failed,
        held: this.#graph.held().slice(0, TOLD).map((task) => `${task.name}(${formatArguments(task.args, 60)})`),
        heldCount: counts.held,
        barriers: this.#graph.barriers.map((barrier) => barrier.place),
        loading: this.#unended() > 0,
      },
    });
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
    this.#tellExecuted();
    this.#tellView(true);
    this.#noteNoMatch();
    const finishedByName: Record<string, number> = {};
    for (const { task, state } of this.#graph.nodes()) {
      if (state === "finished") finishedByName[task.name] = (finishedByName[task.name] ?? 0) + 1;
    }
    return {
      finishedByName,
      leftovers: findLeftovers(this.#graph, this.#owners, this.#keptFailures),
      barrier: this.#graph.barriers[0]?.place,
      isLoaded: this.#unended() === 0,
      hasFinishHooks: this.#hooks.has("execute.finished_pre_status") ||
        this.#hooks.has("execute.finished_post_status"),
      waitLimitReached: this.#waitLimitReached,
      stopped: this.#stopped,
    };
  }
}

/** From this many new tasks on, listing all results costs less than asking for each. */
const LIST_FROM = 500;

type Ended = { readonly kind: "ended"; readonly value: unknown } | { readonly kind: "given-up" };

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** A number from 0 to 1 that differs between workers (FNV-1a of who it is). */
function startingPlace({ owner, thread }: Claimant): number {
  let hash = 0x811c9dc5;
  for (const char of `${owner.id}.${thread}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash / 0x1_0000_0000;
}
