/**
 * The claims of a worker: chooses and claims ready tasks, tries the locks of others, and releases claims.
 *
 * @module
 */
import type { Backend, Claimant, ClaimOutcome, Lock } from "../../backends/backend.ts";
import { release } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Admission } from "../limits/admission.ts";
import type { TimeLeft } from "../limits/time_left.ts";
import type { BatchSizes } from "./batch_sizes.ts";
import { failedIn } from "../results/failures.ts";
import type { Choice, Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";

/** A task that this worker has claimed. */
export interface Claimed {
  readonly task: DeclaredTask;
  readonly lock: Lock;
  /** Whether it needs results of tasks that were claimed with it. */
  readonly isBehind: boolean;
}

/** What {@linkcode Claiming} works with. */
export interface ClaimingParts {
  readonly backend: Backend;
  readonly claimant: Claimant;
  readonly graph: Graph;
  readonly admission: Admission;
  readonly time: TimeLeft;
  readonly batches: BatchSizes;
  readonly hooks: HookCalls;
  /** Whether tasks run one after another, so that a long one delays those claimed with it. */
  readonly isSerial: boolean;
  /** Whether other workers run in this process. */
  readonly hasSiblings: boolean;
  /** Lets messages in now and then; returns whether to continue. */
  readonly yieldIfDue: () => Promise<boolean>;
  /** Called for a task that was taken over from a dead process. */
  readonly onTakenOver: (task: DeclaredTask) => void;
}

interface ClaimResult {
  readonly claimed: Claimed[];
  /** The outcomes of the claims that failed. */
  readonly missed: ReadonlySet<"held" | "finished">;
}

/** How many results are looked up together. */
const LOOK_COUNT = 64;
/** How many locks of others are tried at a time. */
const RECLAIM_COUNT = 64;

/** The claims of one worker. */
export class Claiming {
  readonly #parts: ClaimingParts;
  readonly #owners = new Map<Hash, string>();
  #tried = 0;
  #retryIn = Infinity;
  #endedBefore = 0;

  constructor(parts: ClaimingParts) {
    this.#parts = parts;
  }

  /** The owners of held tasks when they were last tried. */
  get owners(): ReadonlyMap<Hash, string> {
    return this.#owners;
  }

  /** In how many milliseconds a parked task may be able to begin. */
  get retryIn(): number {
    return this.#retryIn;
  }

  /** Whether a parked task may begin now: a task with limits has ended since ready tasks were last claimed. */
  get mayUnpark(): boolean {
    const { graph, admission } = this.#parts;
    return graph.hasParked && admission.ended !== this.#endedBefore;
  }

  /** Claims ready tasks, at most `limit`. */
  async claimReady(limit: number): Promise<Claimed[]> {
    const { graph, batches, admission } = this.#parts;
    this.#retryIn = Infinity;
    this.#endedBefore = admission.ended;
    batches.begin();
    const tasks = graph.take(limit, (task) => this.#choose(task));
    if (tasks.length === 0) return [];
    const behind = this.#takeBehind(tasks, limit);
    const { claimed, missed } = await this.#claim(tasks, behind);
    // Another worker is at the same place in the queue. Side by side, the two would collide at every task.
    if (missed.has("held")) graph.moveAway();
    if (missed.has("finished")) await this.#skipFinished();
    return behind.size === 0 ? claimed : await this.#onlyRunnable(claimed);
  }

  /** Takes tasks that need results of `tasks`, if the backend stores these results and those of the tasks together. */
  #takeBehind(tasks: DeclaredTask[], limit: number): ReadonlySet<Hash> {
    const { graph, backend, isSerial } = this.#parts;
    if (!isSerial || backend.storesTogether !== true) return NONE;
    return graph.takeBehind(tasks, limit, (task) => this.#choose(task));
  }

  /** Gives back tasks that need a task which was not claimed. */
  async #onlyRunnable(claimed: readonly Claimed[]): Promise<Claimed[]> {
    const { graph } = this.#parts;
    const runnable = new Set<Hash>();
    const stuck: Claimed[] = [];
    for (const item of claimed) {
      if (!item.isBehind || graph.missingFor(item.task).every((hash) => runnable.has(hash))) {
        runnable.add(item.task.hash);
      } else stuck.push(item);
    }
    if (stuck.length > 0) await this.giveBack(stuck);
    return claimed.filter(({ task }) => runnable.has(task.hash));
  }

  /**
   * Skips ready tasks that others have finished. If one was finished elsewhere, the next ones may be, too, and looking
   * them up costs less than claiming each.
   */
  async #skipFinished(): Promise<void> {
    const { graph, backend, yieldIfDue } = this.#parts;
    for (let next = graph.ahead(LOOK_COUNT); next.length > 0; next = graph.ahead(LOOK_COUNT)) {
      const finished = await backend.has(next.map((task) => task.hash));
      for (const task of next) if (finished.has(task.hash)) await this.#finish(task);
      if (finished.size < next.length || !await yieldIfDue()) return;
    }
  }

  /** Records a result that another worker stored. */
  async #finish(task: DeclaredTask): Promise<void> {
    const { graph, hooks } = this.#parts;
    graph.finish(task.hash);
    if (hooks.has("execute.task-loadable")) await hooks.callForTask("execute.task-loadable", task);
  }

  #choose(task: DeclaredTask): Choice {
    const { isSerial, batches, admission, time } = this.#parts;
    if (isSerial && !batches.fits(task.name)) return "stop";
    // It will not have more time later.
    if (time.exceededBy(task) !== undefined) return "park";
    const admitted = admission.admit(task);
    if (admitted.kind === "yes") {
      batches.add(task.name);
      return "take";
    }
    this.#retryIn = Math.min(this.#retryIn, admitted.inMs);
    return "park";
  }

  /** Claims tasks that others hold, at most `limit`, in case their owners died. */
  async claimHeld(limit: number): Promise<Claimed[]> {
    const { graph, batches, admission, time, isSerial } = this.#parts;
    const held = graph.held();
    const tried: DeclaredTask[] = [];
    for (let i = 0; i < Math.min(RECLAIM_COUNT, held.length); i++) {
      const task = held[(this.#tried + i) % held.length];
      if (task === undefined || time.exceededBy(task) !== undefined) continue;
      if (admission.admit(task).kind === "yes") tried.push(task);
    }
    this.#tried += RECLAIM_COUNT;
    if (tried.length === 0) return [];
    const { claimed } = await this.#claim(tried);
    // A dead process may have left many locks. Keep no more than one batch, so that other workers can take the rest.
    batches.begin();
    const excess = isSerial ? claimed.findIndex(({ task }) => !batches.addIfFits(task.name)) : limit;
    if (excess > 0 && excess < claimed.length) await this.giveBack(claimed.splice(excess));
    return claimed;
  }

  /** Claims tasks that were admitted. */
  async #claim(tasks: readonly DeclaredTask[], behind: ReadonlySet<Hash> = NONE): Promise<ClaimResult> {
    const { backend, claimant, graph, admission, hasSiblings, onTakenOver } = this.#parts;
    const outcomes = await backend.claim(tasks.map((task) => task.hash), claimant);
    const failed = hasSiblings ? await this.#failedBeside(outcomes) : NONE;
    const claimed: Claimed[] = [];
    const missed = new Set<"held" | "finished">();
    let i = 0;
    for (const task of tasks) {
      const outcome = outcomes[i++];
      if (outcome?.kind === "claimed" && failed.has(task.hash)) {
        const lost = await this.#release([{ task, lock: outcome.lock, isBehind: false }]);
        if (!lost.has(task.hash)) graph.fail(task.hash);
        continue;
      }
      if (outcome?.kind === "claimed") {
        if (outcome.stolen) onTakenOver(task);
        claimed.push({ task, lock: outcome.lock, isBehind: behind.has(task.hash) });
        continue;
      }
      // A failed claim must not use up a turn of the function's rate. Otherwise many workers would waste most turns of
      // a function with a low rate.
      admission.withdraw(task);
      if (outcome === undefined) continue;
      missed.add(outcome.kind);
      if (outcome.kind === "finished") {
        await this.#finish(task);
      } else if (behind.has(task.hash)) {
        graph.giveBack(task.hash);
      } else {
        this.#owners.set(task.hash, outcome.owner);
        graph.hold(task.hash, outcome.owner === claimant.owner.id);
      }
    }
    return { claimed, missed };
  }

  /**
   * Returns the claimed tasks that have just failed in another worker of this process. Their locks are free, but the
   * message about the failure has not arrived yet.
   */
  async #failedBeside(outcomes: readonly ClaimOutcome[]): Promise<ReadonlySet<Hash>> {
    const { claimant, backend } = this.#parts;
    const hashes = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock.hash] : []);
    return await failedIn(claimant.owner, backend, hashes);
  }

  /** Whether no held task belongs to another worker of this process. Such a task always ends, or the process does. */
  get areHeldElsewhere(): boolean {
    const { graph, claimant } = this.#parts;
    return graph.held().every(({ hash }) => this.#owners.get(hash) !== claimant.owner.id);
  }

  /** Releases the claims on tasks that were not run, or not to their end. */
  async giveBack(claimed: readonly Claimed[]): Promise<void> {
    await this.#release(claimed);
  }

  /** Records that the coordinator has taken claimed tasks from this worker, to release them. */
  lose(claimed: readonly Claimed[]): void {
    const { graph, admission } = this.#parts;
    for (const { task, isBehind } of claimed) {
      admission.withdraw(task);
      // A task that needs others is not tried before they are finished.
      if (isBehind) graph.giveBack(task.hash);
      else graph.hold(task.hash);
    }
  }

  /** Releases claims; returns the tasks whose locks were already lost. Another worker has taken those over. */
  async #release(claimed: readonly Claimed[]): Promise<ReadonlySet<Hash>> {
    const { backend, graph, admission } = this.#parts;
    const outcomes = await release(backend, claimed.map((item) => item.lock));
    const lost = new Set<Hash>();
    for (const [i, { task, isBehind }] of claimed.entries()) {
      admission.withdraw(task);
      if (outcomes[i] === "lost") lost.add(task.hash);
      if (outcomes[i] === "lost" && !isBehind) graph.hold(task.hash);
      else graph.giveBack(task.hash);
    }
    return lost;
  }
}

const NONE: ReadonlySet<Hash> = new Set();
