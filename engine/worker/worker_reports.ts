/**
 * What a worker reports to the coordinator, and how often.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { formatCall } from "../../core/format.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Completed } from "./completions.ts";
import type { HasBegun } from "../load/evaluation.ts";
import type { Graph } from "../graph/graph.ts";
import { type BegunTask, type FromWorker, MAX_SHOWN, type RunSums } from "../messages/messages.ts";
import { retryText, type RunningTask, type TaskVoice } from "../task/running_task.ts";

/** How often a waiting worker sends a view, in milliseconds. */
const VIEW_MS = 200;
/**
 * How often a worker that runs tasks sends a view or its results, in milliseconds. It also sends a view before each
 * task that may take as long.
 */
const BEGIN_MS = 20;
/** The weight of the newest duration in the running mean. */
const WEIGHT = 0.2;

/** What {@linkcode WorkerReports} works with. */
export interface ReportParts {
  readonly send: (message: FromWorker) => void;
  readonly now: () => number;
  /** Whether other workers of the process must know which results were stored. */
  readonly tellsHashes: boolean;
  /** Whether the coordinator must know how long each task took, and not only the sum. */
  readonly tellsDurations: boolean;
  readonly graph: Graph;
  /** The tasks that are running now. */
  readonly running: () => readonly RunningTask[];
  /** Whether the jugfile may declare more tasks. */
  readonly isLoading: () => boolean;
  /** Whether the jugfile's code has begun to run. */
  readonly hasBegun: () => HasBegun;
}

/** A task that has begun or begins now. */
type Begun = Pick<RunningTask, "task" | "since">;

/** Describes a task to the coordinator. */
export function begunTask({ task: { hash, name, definition }, since }: Begun): BegunTask {
  return { hash, name, since, declaredMs: definition.options?.duration };
}

type MutableSums = { -readonly [Key in keyof RunSums]: RunSums[Key] };

/** The reports of one worker. */
export class WorkerReports implements TaskVoice {
  readonly #parts: ReportParts;
  /** What was run since the last report, by name. An object for each name, not for each task. */
  #sums = new Map<string, MutableSums>();
  #hashes: Hash[] = [];
  #durations: Map<string, number[]> | undefined;
  /** The mean duration of the tasks of each name. */
  readonly #means = new Map<string, number>();
  #lastView = 0;
  #lastTold = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** Records stored results. Reports them unless others were reported less than {@linkcode BEGIN_MS} ago. */
  executed(items: readonly Completed[]): void {
    for (const { task, hash, ms } of items) {
      const sums = this.#sums.get(task.name);
      if (sums === undefined) this.#sums.set(task.name, { count: 1, ms, longestMs: ms });
      else {
        sums.count++;
        sums.ms += ms;
        if (ms > sums.longestMs) sums.longestMs = ms;
      }
      if (this.#parts.tellsHashes) this.#hashes.push(hash);
      if (this.#parts.tellsDurations) this.#addDuration(task.name, ms);
      const mean = this.#means.get(task.name);
      this.#means.set(task.name, mean === undefined ? ms : mean + WEIGHT * (ms - mean));
    }
    if (this.#parts.now() - this.#lastTold >= BEGIN_MS) this.tellExecuted();
  }

  #addDuration(name: string, ms: number): void {
    this.#durations ??= new Map();
    const durations = this.#durations.get(name);
    if (durations === undefined) this.#durations.set(name, [ms]);
    else durations.push(ms);
  }

  /** Reports the results that were recorded but not reported. */
  tellExecuted(): void {
    if (this.#sums.size === 0) return;
    this.#lastTold = this.#parts.now();
    this.#parts.send({ kind: "executed", sums: this.#sums, hashes: this.#hashes, durations: this.#durations });
    this.#durations = undefined;
    this.#sums = new Map();
    this.#hashes = [];
  }

  /**
   * Sends a view before tasks begin, since nothing can be sent while a synchronous function runs. Skips it if the last
   * view is recent and another one follows soon.
   */
  begin(tasks: readonly DeclaredTask[]): void {
    if (this.#parts.now() - this.#lastView < BEGIN_MS && tasks.every(({ name }) => this.#willTellSoon(name))) return;
    this.tellExecuted();
    const since = this.#parts.now();
    this.#send([...this.#parts.running(), ...tasks.map((task) => ({ task, since }))]);
  }

  /** Whether another view follows soon after a task of this name begins. */
  #willTellSoon(name: string): boolean {
    const mean = this.#means.get(name);
    return mean !== undefined && (mean < BEGIN_MS || this.#parts.running().length > 0);
  }

  /** Sends a view, at once or as soon as the last one is {@linkcode VIEW_MS} ago. */
  view(when: "at once" | "soon"): void {
    const due = this.#lastView + VIEW_MS - this.#parts.now();
    if (when === "soon" && due > 0) this.#timer ??= setTimeout(() => this.view("at once"), due);
    else this.#send(this.#parts.running());
  }

  #send(running: readonly Begun[]): void {
    const { graph, send, now, isLoading, hasBegun } = this.#parts;
    this.close();
    this.#lastView = now();
    const shown = running.slice(0, MAX_SHOWN);
    send({
      kind: "view",
      view: {
        names: graph.takeChangedNames(),
        running: shown.map(({ task }) => formatCall(task)),
        begun: shown.map(begunTask),
        held: graph.firstHeld(MAX_SHOWN).map((task) => formatCall(task)),
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

  /**
   * Reports an attempt to the coordinator, which watches its time limit: inside a synchronous function this thread
   * cannot.
   */
  timed({ task, lock, label, attempt }: RunningTask, timeout: number | undefined): void {
    const { send } = this.#parts;
    if (timeout === undefined) send({ kind: "timed-over", hash: task.hash });
    else send({ kind: "timed", lock, name: task.name, label, attempt, timeout });
  }

  /**
   * Reports that the function has returned a promise. Until that settles, other tasks of the worker may block the
   * thread.
   */
  waiting({ task }: RunningTask): void {
    this.#parts.send({ kind: "timed-waiting", hash: task.hash });
  }

  /** Reports that a task is tried again, to the user and in the task's own log. */
  retry(running: RunningTask, thrown: unknown, pauseMs: number): void {
    const text = retryText(running, thrown, pauseMs);
    running.keep(`[${text}]\n`);
    this.#parts.send({ kind: "note", text: `${running.label}: ${text}` });
  }

  /** Cancels a view that is due later. */
  close(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
