/**
 * Operations on single tasks of a session: `task.value()`, `task.run()`, `task.invalidate()`.
 *
 * @module
 */
import type { ClaimOutcome } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { dependenciesFirst, requiredTasks } from "../../core/session/dependencies.ts";
import type { RecordMeta } from "../../core/value/record.ts";
import type { DeclaredTask, Loaded, Results, Session } from "../../core/session/session.ts";
import { makeOwner } from "../results/owner.ts";
import { runByHand } from "./run_by_hand.ts";
import type { Store } from "../results/store.ts";
import { DEFAULT_LEASE_MS } from "../../core/defaults.ts";
import { renewRegularly } from "../results/renewal.ts";

/** How often to check whether a task that another process runs is finished, in milliseconds. */
const LOOK_MS = 100;

/** The results of one session in one store. */
export class SessionResults implements Results {
  readonly #session: Session;
  /** Where the results are. */
  readonly store: Store;

  constructor(session: Session, store: Store) {
    this.#session = session;
    this.store = store;
  }

  has(hashes: readonly Hash[]): Promise<Set<Hash>> {
    return this.store.has(hashes);
  }

  load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>> {
    return this.store.load(hashes);
  }

  meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>> {
    return this.store.meta(hashes);
  }

  /**
   * Runs a task immediately, as a worker would, and returns its result. If there is a result already, returns that.
   *
   * @throws {JugError} if another process runs the task, or a dependency has no result.
   */
  async run(task: DeclaredTask): Promise<unknown> {
    const claim = await this.#runUnlessHeld(task);
    if (claim?.kind === "held") {
      throw new JugError("usage", `${task.name} is being run by another process (${claim.owner})`, {
        remedy: "Wait for it, or stop that process",
      });
    }
    const loaded = (await this.store.load([task.hash])).get(task.hash);
    return loaded?.kind === "found" ? loaded.value : undefined;
  }

  /** Runs a task immediately, or waits until another process has run it. */
  async ensure(task: DeclaredTask): Promise<void> {
    while (!(await this.store.has([task.hash])).has(task.hash)) {
      const claim = await this.#runUnlessHeld(task);
      if (claim?.kind === "held") await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #runUnlessHeld(task: DeclaredTask): Promise<ClaimOutcome | undefined> {
    const { backend } = this.store;
    const owner = makeOwner(DEFAULT_LEASE_MS);
    const membership = await backend.join(owner);
    const stopRenewing = renewRegularly(membership, DEFAULT_LEASE_MS);
    try {
      const claimant = { owner, thread: 0 };
      const [claim] = await backend.claim([task.hash], claimant);
      if (claim?.kind === "claimed") {
        await runByHand({ session: this.#session, store: this.store, claimant }, task, claim.lock);
      }
      return claim;
    } finally {
      stopRenewing();
      await membership.leave();
    }
  }

  /**
   * Removes the results of this task and of all tasks that depend on it, directly or indirectly. Returns their number.
   */
  invalidate(task: DeclaredTask): Promise<number> {
    return this.invalidateAll([task]);
  }

  /** Like {@linkcode invalidate}, for many tasks at once. */
  async invalidateAll(tasks: readonly DeclaredTask[]): Promise<number> {
    const gone = new Set<Hash>(tasks.map((task) => task.hash));
    for (const other of dependenciesFirst(this.#session.tasks.values())) {
      if (requiredTasks(other.dependencies).some(({ hash }) => gone.has(hash))) gone.add(other.hash);
    }
    const hashes = [...gone];
    const removed = await this.store.backend.remove(hashes);
    await this.store.backend.removeFailures(hashes);
    this.store.forget(hashes);
    return removed.size;
  }
}
