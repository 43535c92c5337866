/**
 * What the backend knows of a worker's tasks: results and failures that were there, results that are damaged or gone.
 *
 * @module
 */
import { append } from "../../core/append.ts";
import type { Hash } from "../../core/brand.ts";
import { keptFailures } from "../store/failures.ts";
import type { Graph } from "../graph/graph.ts";
import type { HookCalls } from "./hook_calls.ts";
import type { Store } from "../store/store.ts";

/** What known results are found with. */
export interface KnownResultsParts {
  readonly store: Store;
  readonly graph: Graph;
  readonly hooks: HookCalls;
  /** Whether this worker checks for all of its process. */
  readonly isFirst: boolean;
  /** Tasks that failed in this run before. */
  readonly failed: Iterable<Hash>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long checking the results of earlier runs may take, in milliseconds; those left are checked when they are read. */
const VERIFY_MS = 10_000;
/** From this many new tasks on, listing all results costs less than asking for each… */
const LIST_FROM = 500;
/** …unless there are this many times as many results. */
const LIST_RATIO = 8;

/** Asks the backend about the tasks of one worker's graph. */
export class KnownResults {
  readonly #parts: KnownResultsParts;
  readonly #failedBefore: ReadonlySet<Hash>;
  /** Results that were there when their tasks were declared, and have not been checked. */
  readonly #unverified: Hash[] = [];
  #kept: ReadonlySet<Hash> = new Set();
  /** How many results were listed the last time; there may be more by now. */
  #listed = 0;

  constructor(parts: KnownResultsParts) {
    this.#parts = parts;
    this.#failedBefore = new Set(parts.failed);
  }

  /** Tasks whose failure an earlier run kept. */
  get keptFailures(): ReadonlySet<Hash> {
    return this.#kept;
  }

  /** Reads which failures were kept. To be awaited before the first {@linkcode lookUpNew}. */
  async open(): Promise<void> {
    const kept = await keptFailures(this.#parts.store.backend);
    // What failed in this very run is no failure of an earlier one, whether it was kept or not.
    this.#kept = kept.difference(this.#failedBefore);
  }

  /** Asks about tasks that were declared since the last time. */
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

  /** Which of `hashes` have results. What this costs grows with them, however many other results there are. */
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
   * Checks results that were there already, which nobody may have read since a disk was full or a machine lost power.
   * Answers whether one was damaged, so that there is something to run. `pause` is awaited now and then and answers whether
   * to go on.
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

  /** Results of finished tasks that are there no more: a server may have come back empty. They must run again. */
  async findLost(): Promise<Hash[]> {
    const { graph, store } = this.#parts;
    const finished: Hash[] = [];
    for (const { task, state } of graph.nodes()) if (state === "finished") finished.push(task.hash);
    const there = await store.has(finished);
    const lost = finished.filter((hash) => !there.has(hash));
    store.forget(lost);
    for (const hash of lost) graph.lose(hash);
    return lost;
  }
}
