/**
 * What a worker tells the coordinator, and how often.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { formatArguments } from "../../core/format.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Completed } from "./completions.ts";
import type { HasBegun } from "../load/evaluation.ts";
import type { Graph } from "../graph/graph.ts";
import type { FromWorker } from "../messages/messages.ts";
import { retryText, type RunningTask, type TaskVoice } from "../task/running_task.ts";

/** A worker that waits tells how things stand this often, in milliseconds. */
const VIEW_MS = 200;
/** One that runs tasks this often, and before each that may take as long, in milliseconds. */
const BEGIN_MS = 20;
/** How much the newest duration counts in the running mean. */
const WEIGHT = 0.2;
/** How many tasks are told by name. */
const TOLD = 8;

/** A task as a call, cut to a line. */
export function callText(task: DeclaredTask): string {
  return `${task.name}(${formatArguments(task.args, 60)})`;
}

/** What the reports of a worker are made of. */
export interface ReportParts {
  readonly send: (message: FromWorker) => void;
  readonly now: () => number;
  /** Whether other workers of the process want to know which results were stored. */
  readonly tellsHashes: boolean;
  readonly graph: Graph;
  /** What runs right now. */
  readonly running: () => readonly DeclaredTask[];
  /** Whether the jugfile may declare more. */
  readonly isLoading: () => boolean;
  /** Whether its code has begun to run. */
  readonly hasBegun: () => HasBegun;
}

/** The reports of one worker. */
export class WorkerReports implements TaskVoice {
  readonly #parts: ReportParts;
  #counts = new Map<string, number>();
  #ms = new Map<string, number>();
  #hashes: Hash[] = [];
  /** How long a task of each name takes. */
  readonly #means = new Map<string, number>();
  #lastView = 0;
  #lastTold = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** Notes results that were stored, and tells of them unless it told of others a moment ago. */
  executed(items: readonly Completed[]): void {
    for (const { task, hash, ms } of items) {
      this.#counts.set(task.name, (this.#counts.get(task.name) ?? 0) + 1);
      this.#ms.set(task.name, (this.#ms.get(task.name) ?? 0) + ms);
      if (this.#parts.tellsHashes) this.#hashes.push(hash);
      const mean = this.#means.get(task.name);
      this.#means.set(task.name, mean === undefined ? ms : mean + WEIGHT * (ms - mean));
    }
    if (this.#parts.now() - this.#lastTold >= BEGIN_MS) this.tellExecuted();
  }

  /** Tells of results that were noted and not told. */
  tellExecuted(): void {
    if (this.#counts.size === 0) return;
    this.#lastTold = this.#parts.now();
    this.#parts.send({ kind: "executed", counts: this.#counts, ms: this.#ms, hashes: this.#hashes });
    this.#counts = new Map();
    this.#ms = new Map();
    this.#hashes = [];
  }

  /**
   * Tells how things stand when tasks are about to begin, unless that was told a moment ago and they will be over in another:
   * nothing can be told while a synchronous function runs.
   */
  begin(tasks: readonly DeclaredTask[]): void {
    if (this.#parts.now() - this.#lastView < BEGIN_MS && tasks.every(({ name }) => this.#willTellSoon(name))) return;
    this.tellExecuted();
    this.#send([...this.#parts.running(), ...tasks]);
  }

  /** Whether another report follows soon after such a task began. */
  #willTellSoon(name: string): boolean {
    const mean = this.#means.get(name);
    return mean !== undefined && (mean < BEGIN_MS || this.#parts.running().length > 0);
  }

  /** Tells how things stand, at once or as soon as the last time is long enough ago. */
  view(when: "at once" | "soon"): void {
    const due = this.#lastView + VIEW_MS - this.#parts.now();
    if (when === "soon" && due > 0) this.#timer ??= setTimeout(() => this.view("at once"), due);
    else this.#send(this.#parts.running());
  }

  #send(running: readonly DeclaredTask[]): void {
    const { graph, send, now, isLoading, hasBegun } = this.#parts;
    this.close();
    this.#lastView = now();
    send({
      kind: "view",
      view: {
        names: graph.takeChangedNames(),
        running: running.slice(0, TOLD).map(callText),
        held: graph.firstHeld(TOLD).map(callText),
        barrier: graph.barriers.place,
        loading: isLoading(),
        hasBegun: hasBegun(),
      },
    });
  }

  output({ task, label }: RunningTask, stream: "stdout" | "stderr", text: string): void {
    this.#parts.send({ kind: "output", hash: task.hash, label, stream, text });
  }

  progress(label: string, fraction: number, note: string | undefined): void {
    this.#parts.send({ kind: "progress", label, fraction, note });
  }

  /** The coordinator watches tasks with a time limit: inside a synchronous function this thread cannot. */
  timed({ task, lock, label, attempt }: RunningTask, timeout: number | undefined): void {
    const { send } = this.#parts;
    if (timeout === undefined) send({ kind: "timed-over", hash: task.hash });
    else send({ kind: "timed", lock, name: task.name, label, attempt, timeout });
  }

  /** The function has returned a promise: until that is settled, others of the worker may hold up the thread. */
  waiting({ task }: RunningTask): void {
    this.#parts.send({ kind: "timed-waiting", hash: task.hash });
  }

  /** Says that a task is tried again, to the user and in the task's own log. */
  retry(running: RunningTask, thrown: unknown, pauseMs: number): void {
    const text = retryText(running, thrown, pauseMs);
    running.keep(`[${text}]\n`);
    this.#parts.send({ kind: "note", text: `${running.label}: ${text}` });
  }

  /** What was to be told soon is not told. */
  close(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
