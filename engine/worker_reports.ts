/**
 * What a worker tells the coordinator, and how often.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";
import { formatArguments } from "../core/format.ts";
import type { DeclaredTask } from "../core/session.ts";
import type { Completed } from "./completions.ts";
import type { Graph } from "./graph.ts";
import type { FromWorker } from "./messages.ts";

/** How often the coordinator hears how things stand, in milliseconds. */
const VIEW_MS = 500;
/** How often it hears what runs, in milliseconds. */
const RUNNING_MS = 20;
/** How many tasks are told by name. */
const TOLD = 8;

/** A task as a call, cut to a line. */
export function callText(task: DeclaredTask): string {
  return `${task.name}(${formatArguments(task.args, 60)})`;
}

/** The reports of one worker. */
export class WorkerReports {
  readonly #send: (message: FromWorker) => void;
  readonly #now: () => number;
  readonly #tellsHashes: boolean;
  #counts = new Map<string, number>();
  #ms = new Map<string, number>();
  #hashes: Hash[] = [];
  #lastView = 0;
  #lastRunning = 0;

  /** `tellsHashes`: whether other workers of the process want to know which results were stored. */
  constructor(send: (message: FromWorker) => void, now: () => number, tellsHashes: boolean) {
    this.#send = send;
    this.#now = now;
    this.#tellsHashes = tellsHashes;
  }

  /** Notes results that were stored, to be told with the next {@linkcode tellExecuted}. */
  executed(items: readonly Completed[]): void {
    for (const { task, hash, ms } of items) {
      this.#counts.set(task.name, (this.#counts.get(task.name) ?? 0) + 1);
      this.#ms.set(task.name, (this.#ms.get(task.name) ?? 0) + ms);
      if (this.#tellsHashes) this.#hashes.push(hash);
    }
  }

  tellExecuted(): void {
    if (this.#counts.size === 0) return;
    this.#send({ kind: "executed", counts: this.#counts, ms: this.#ms, hashes: this.#hashes });
    this.#counts = new Map();
    this.#ms = new Map();
    this.#hashes = [];
  }

  /** Tells what runs now, unless that was told a moment ago. */
  running(tasks: Iterable<DeclaredTask>): void {
    const now = this.#now();
    if (now - this.#lastRunning < RUNNING_MS) return;
    this.#lastRunning = now;
    const calls: string[] = [];
    for (const task of tasks) if (calls.length < TOLD) calls.push(callText(task));
    this.#send({ kind: "running", tasks: calls });
  }

  /** Tells how things stand: at once, or if it is time to. */
  view(graph: Graph, loading: boolean, when: "at once" | "in time"): void {
    const now = this.#now();
    if (when === "in time" && now - this.#lastView < VIEW_MS) return;
    this.#lastView = now;
    const { counts } = graph;
    this.#send({
      kind: "view",
      view: {
        total: graph.size,
        finished: counts.finished,
        waiting: counts.waiting + counts.unchecked,
        ready: counts.ready,
        failed: counts.failed,
        held: graph.held().slice(0, TOLD).map(callText),
        heldCount: counts.held,
        barriers: graph.barriers.map((barrier) => barrier.place),
        loading,
      },
    });
  }
}
