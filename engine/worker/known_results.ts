/**
 * Asks the backend about a worker's tasks: existing results and failures, and results that are damaged or gone.
 *
 * @module
 */
import { append, batches } from "../../core/lists.ts";
import type { Hash } from "../../core/brand.ts";
import { keptFailures } from "../results/failures.ts";
import type { Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";
import type { Store } from "../results/store.ts";

/** What {@linkcode KnownResults} works with. */
export interface KnownResultsParts {
  readonly store: Store;
  readonly graph: Graph;
  readonly hooks: HookCalls;
  /** Whether this worker does the checks for its whole process. */
  readonly isFirst: boolean;
  /** Tasks that failed earlier in this run. */
  readonly failed: Iterable<Hash>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long checking the results of earlier runs may take, in milliseconds. The rest are checked when they are read. */
const VERIFY_MS = 10_000;
/** How many finished tasks are asked for in one call: a million answers at once would take 60 MB. */
const LOST_BATCH = 10_000;
/** From this many new tasks on, listing all results costs less than looking up each task… */
const LIST_FROM = 500;
/** …unless there are this many times as many results as new tasks. */
const LIST_RATIO = 8;

/** Asks the backend about the tasks of one worker's graph. */
export class KnownResults {
  readonly #parts: KnownResultsParts;
  readonly #failedBefore: ReadonlySet<Hash>;
  /** Results that existed when their tasks were declared, and have not been checked. */
  readonly #unverified: Hash[] = [];
  #kept: ReadonlySet<Hash> = new Set();
  /** How many results there were in the last listing; there may be more by now. */
  #listed = 0;

  constructor(parts: KnownResultsParts) {
    this.#parts = parts;
    this.#failedBefore = new Set(parts.failed);
  }

  /** Tasks whose failure an earlier run kept. */
  get keptFailures(): ReadonlySet<Hash> {
    return this.#kept;
  }

  /** Reads which failures were kept. Must be awaited before the first {@linkcode lookUpNew}. */
  async open(): Promise<void> {
    const kept = await keptFailures(this.#parts.store.backend);
    // A failure of this run is not a failure of an earlier run, whether it was kept or not.
    this.#kept = kept.difference(this.#failedBefore);
  }

  /** Looks up tasks that were declared since the last call. */
  async lookUpNew(): Promise<void> {
    const { graph, hooks, isFirst } = this.#parts;
    const hashes = graph.unchecked();
    const found = await this.#find(hashes);
    for (const hash of found) graph.finish(hash);
    for (const hash of hashes) if (this.#kept.has(hash) || this.#failedBefore.has(hash)) graph.fail(hash);
    graph.settleUnchecked(hashes.length);
    if (!isFirst) return;
    append(this.#unverified, found);
    if (!hooks.has("execute.task-loadable")) return;
    for (const hash of found) {
      const task = graph.node(hash)?.task;
      if (task !== undefined) await hooks.callForTask("execute.task-loadable", task);
    }
  }

  /** Returns which of `hashes` have results. The cost grows with `hashes`, not with the number of other results. */
  async #find(hashes: readonly Hash[]): Promise<ReadonlySet<Hash>> {
    const { graph, store } = this.#parts;
    const most = LIST_RATIO * hashes.length;
    if (hashes.length < LIST_FROM || this.#listed > most) return await store.has(hashes);
    const found = new Set<Hash>();
    this.#listed = 0;
    for await (const batch of store.backend.list()) {
      this.#listed += batch.length;
      for (const hash of batch) if (graph.node(hash)?.state === "unchecked") found.add(hash);
      if (this.#listed > most) return found.union(await store.has(hashes.filter((hash) => !found.has(hash))));
    }
    return found;
  }

  /**
   * Checks results that existed before, which may have been damaged by a full disk or a power failure. Returns whether
   * one was damaged, so that there is something to run. Awaits `pause` now and then, which returns whether to continue.
   */
  async verify(pause: () => Promise<boolean>): Promise<boolean> {
    const { graph, store, now } = this.#parts;
    const deadline = now() + VERIFY_MS;
    let isLost = false;
    while (this.#unverified.length > 0 && now() < deadline) {
      for (const hash of await store.verify(this.#unverified.splice(-store.portion))) {
        graph.lose(hash);
        isLost = true;
      }
      if (!await pause()) break;
    }
    return isLost;
  }

  /**
   * Returns the finished tasks whose results are gone, for example because a server lost its data. They must run again.
   */
  async findLost(): Promise<Hash[]> {
    const { graph, store } = this.#parts;
    const finished: Hash[] = [];
    for (const { task, state } of graph.nodes()) if (state === "finished") finished.push(task.hash);
    const lost: Hash[] = [];
    for (const some of batches(finished, LOST_BATCH)) {
      const there = await store.has(some);
      append(lost, some.filter((hash) => !there.has(hash)));
    }
    store.forget(lost);
    for (const hash of lost) graph.lose(hash);
    return lost;
  }
}
