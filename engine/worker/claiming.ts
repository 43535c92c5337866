/**
 * A worker's claims on tasks: which it may take, which it got, which others have.
 *
 * @module
 */
import type { Backend, Claimant, ClaimOutcome, Lock } from "../../backends/backend.ts";
import { release } from "../../backends/optional_parts.ts";
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Admission } from "../limits/admission.ts";
import type { BatchSizes } from "./batch_sizes.ts";
import { failedIn } from "../store/failures.ts";
import type { Choice, Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";
import { callText } from "./worker_reports.ts";

/** A task that is ours to run. */
export interface Claimed {
  readonly task: DeclaredTask;
  readonly lock: Lock;
}

/** What claiming works with. */
export interface ClaimingParts {
  readonly backend: Backend;
  readonly claimant: Claimant;
  readonly graph: Graph;
  readonly admission: Admission;
  readonly batches: BatchSizes;
  readonly hooks: HookCalls;
  /** Whether tasks run one after another, so that a long one holds up those claimed with it. */
  readonly isSerial: boolean;
  /** Whether other workers run in this process. */
  readonly hasSiblings: boolean;
  /** Lets messages in now and then; answers whether to go on. */
  readonly breathe: () => Promise<boolean>;
  /** Says a line to the user. */
  readonly note: (text: string) => void;
}

interface ClaimResult {
  readonly claimed: Claimed[];
  /** What was found in the place of a free task. */
  readonly missed: ReadonlySet<"held" | "finished">;
}

/** How many tasks are looked at together. */
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

  /** Who held a task when it was last tried. */
  get owners(): ReadonlyMap<Hash, string> {
    return this.#owners;
  }

  /** In how many milliseconds a task that had to wait may be let begin. */
  get retryIn(): number {
    return this.#retryIn;
  }

  /** Whether a task that had to wait may begin now: since ready tasks were last claimed, one with limits has ended. */
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
    const { claimed, missed } = await this.#claim(tasks);
    // Two workers that go on side by side would meet at each task.
    if (missed.has("held")) graph.moveAway();
    if (missed.has("finished")) await this.#skipFinished();
    return claimed;
  }

  /** Where a task was finished elsewhere those that follow may be, too: to look at them costs less than to claim each. */
  async #skipFinished(): Promise<void> {
    const { graph, backend, breathe } = this.#parts;
    for (let next = graph.ahead(LOOK_COUNT); next.length > 0; next = graph.ahead(LOOK_COUNT)) {
      const finished = await backend.has(next.map((task) => task.hash));
      for (const task of next) if (finished.has(task.hash)) await this.#finish(task);
      if (finished.size < next.length || !await breathe()) return;
    }
  }

  /** Takes note of a result that somebody else stored. */
  async #finish(task: DeclaredTask): Promise<void> {
    const { graph, hooks } = this.#parts;
    graph.finish(task.hash);
    if (hooks.has("execute.task-loadable")) await hooks.callForTask("execute.task-loadable", task);
  }

  #choose(task: DeclaredTask): Choice {
    const { isSerial, batches, admission } = this.#parts;
    if (isSerial && !batches.fits(task.name)) return "stop";
    const admitted = admission.admit(task);
    if (admitted.kind === "yes") return "take";
    this.#retryIn = Math.min(this.#retryIn, admitted.inMs);
    return "park";
  }

  /** Claims tasks that others hold, in case those died; at most `limit`. */
  async claimHeld(limit: number): Promise<Claimed[]> {
    const { graph, batches, admission, isSerial } = this.#parts;
    const held = graph.held();
    const tried: DeclaredTask[] = [];
    for (let i = 0; i < Math.min(RECLAIM_COUNT, held.length); i++) {
      const task = held[(this.#tried + i) % held.length];
      if (task !== undefined && admission.admit(task).kind === "yes") tried.push(task);
    }
    this.#tried += RECLAIM_COUNT;
    if (tried.length === 0) return [];
    const { claimed } = await this.#claim(tried);
    // A dead process may have left many: no more of them than a batch is kept from the other workers.
    batches.begin();
    const excess = isSerial ? claimed.findIndex(({ task }) => !batches.fits(task.name)) : limit;
    if (excess > 0 && excess < claimed.length) await this.giveBack(claimed.splice(excess));
    return claimed;
  }

  /** Claims tasks that were admitted. */
  async #claim(tasks: readonly DeclaredTask[]): Promise<ClaimResult> {
    const { backend, claimant, graph, admission, hasSiblings, note } = this.#parts;
    const outcomes = await backend.claim(tasks.map((task) => task.hash), claimant);
    const failed = hasSiblings ? await this.#failedBeside(outcomes) : NONE;
    const claimed: Claimed[] = [];
    const missed = new Set<"held" | "finished">();
    let i = 0;
    for (const task of tasks) {
      const outcome = outcomes[i++];
      if (outcome?.kind === "claimed" && failed.has(task.hash)) {
        const lost = await this.#release([{ task, lock: outcome.lock }]);
        if (!lost.has(task.hash)) graph.fail(task.hash);
        continue;
      }
      if (outcome?.kind === "claimed") {
        if (outcome.stolen) note(`took over ${callText(task)} from a dead process`);
        claimed.push({ task, lock: outcome.lock });
        continue;
      }
      // A claim that fails costs no turn: with many workers most of those of a slow function would be lost.
      admission.withdraw(task);
      if (outcome === undefined) continue;
      missed.add(outcome.kind);
      if (outcome.kind === "finished") {
        await this.#finish(task);
      } else {
        this.#owners.set(task.hash, outcome.owner);
        graph.hold(task.hash, outcome.owner === claimant.owner.id);
      }
    }
    return { claimed, missed };
  }

  /** Tasks that failed in another worker of this process a moment ago: no word of it came yet, and their locks are free. */
  async #failedBeside(outcomes: readonly ClaimOutcome[]): Promise<ReadonlySet<Hash>> {
    const { claimant, backend } = this.#parts;
    const hashes = outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock.hash] : []);
    return await failedIn(claimant.owner, backend, hashes);
  }

  /** Whether no other worker of this process is at one of the held tasks: what that one is at will end, or the process will. */
  get areHeldElsewhere(): boolean {
    const { graph, claimant } = this.#parts;
    return graph.held().every(({ hash }) => this.#owners.get(hash) !== claimant.owner.id);
  }

  /** Gives up claims on tasks that were not run, or not to their end. */
  async giveBack(claimed: readonly Claimed[]): Promise<void> {
    await this.#release(claimed);
  }

  /** Gives up claims; answers the tasks that are not ours any more. Whoever took one over is at it, or was. */
  async #release(claimed: readonly Claimed[]): Promise<ReadonlySet<Hash>> {
    const { backend, graph, admission } = this.#parts;
    const outcomes = await release(backend, claimed.map((item) => item.lock));
    const lost = new Set<Hash>();
    for (const [i, { task }] of claimed.entries()) {
      admission.withdraw(task);
      if (outcomes[i] === "lost") {
        lost.add(task.hash);
        graph.hold(task.hash);
      } else {
        graph.giveBack(task.hash);
      }
    }
    return lost;
  }
}

const NONE: ReadonlySet<Hash> = new Set();
