/**
 * Collects the workers' reports into the progress of a run.
 *
 * @module
 */
import type { Place } from "../../core/caller.ts";
import type { HasBegun } from "../load/evaluation.ts";
import { MAX_SHOWN, type RunSums, type WorkerView } from "../messages/messages.ts";
import type { NameCount } from "../graph/name_counts.ts";
import { Rate } from "./throughput.ts";

/** The progress of the tasks of one name. */
export interface NameProgress {
  readonly name: string;
  readonly total: number;
  readonly finished: number;
  readonly failed: number;
  /** How many tasks run in this process. */
  readonly running: number;
  /** How many tasks other processes hold, as far as this process has met their locks. */
  readonly elsewhere: number;
}

/** A running task. */
export interface RunningCall {
  /** The task as a call, cut to one line. */
  readonly call: string;
  /** The progress that the task itself reports, from 0 to 1. */
  readonly fraction: number | undefined;
  readonly note: string | undefined;
}

/** The progress of a run. */
export interface RunProgress extends Omit<NameProgress, "name"> {
  /** Whether any worker has sent a view yet. */
  readonly isKnown: boolean;
  /** In the order in which the names were declared. */
  readonly names: readonly NameProgress[];
  /** How many tasks this process has run. */
  readonly here: number;
  /** The first few running tasks of each worker of this process. */
  readonly calls: readonly RunningCall[];
  /** The first few tasks that others hold, as calls. */
  readonly held: readonly string[];
  /** Whether the jugfile may declare more tasks. */
  readonly loading: boolean;
  /** Whether the jugfile's code has begun to run. */
  readonly hasBegun: HasBegun;
  /** The first unmet barrier of the jugfile. */
  readonly barrier: Place | undefined;
  /** How many tasks are finished per second, by all processes together; `undefined` while unknown. */
  readonly perSecond: number | undefined;
  /** The estimated time left at this rate, in milliseconds. */
  readonly leftMs: number | undefined;
}

/** How many notes of running tasks are kept per worker. */
const NOTES = 64;

type Note = Pick<RunningCall, "fraction" | "note">;

/** The latest reports of one worker. */
interface WorkerState {
  readonly counts: Map<string, NameCount>;
  readonly notes: Map<string, Note>;
  view: WorkerView | undefined;
}

/** Collects the workers' reports. */
export class Progress {
  readonly #workers = new Map<number, WorkerState>();
  readonly #rate = new Rate();
  readonly #now: () => number;

  /** `now`: a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Records the progress that a task reports. */
  note(thread: number, call: string, fraction: number, note: string | undefined): void {
    const { notes } = this.#worker(thread);
    notes.delete(call);
    notes.set(call, { fraction, note });
    if (notes.size > NOTES) { for (const oldest of notes.keys()) return void notes.delete(oldest); }
  }

  view(thread: number, view: WorkerView): void {
    const worker = this.#worker(thread);
    worker.view = view;
    for (const count of view.names) worker.counts.set(count.name, count);
    if (view.running.length === MAX_SHOWN) return;
    // The list of running tasks is complete, so tasks that are not in it are over.
    for (const call of worker.notes.keys()) if (!view.running.includes(call)) worker.notes.delete(call);
  }

  /** Records that a worker runs nothing. */
  rest(thread: number): void {
    const worker = this.#worker(thread);
    if (worker.view !== undefined) worker.view = { ...worker.view, running: [] };
    for (const [name, count] of worker.counts) worker.counts.set(name, { ...count, claimed: 0 });
    worker.notes.clear();
  }

  #worker(thread: number): WorkerState {
    let worker = this.#workers.get(thread);
    if (worker === undefined) {
      worker = { counts: new Map(), notes: new Map(), view: undefined };
      this.#workers.set(thread, worker);
    }
    return worker;
  }

  /** Returns the current progress of the run. `ran`: what this process has run, by name. */
  look(ran: ReadonlyMap<string, Pick<RunSums, "count">>): RunProgress {
    const workers = [...this.#workers.values()];
    const counts = new Map<string, NameCount[]>();
    for (const worker of workers) {
      for (const count of worker.counts.values()) {
        const others = counts.get(count.name);
        if (others === undefined) counts.set(count.name, [count]);
        else others.push(count);
      }
    }
    const names = [...counts].map(([name, seen]) => nameProgress(name, seen, ran.get(name)?.count ?? 0));
    const sum = (key: "total" | "finished" | "failed" | "running" | "elsewhere") =>
      names.reduce((sum, name) => sum + name[key], 0);
    const [total, finished, failed] = [sum("total"), sum("finished"), sum("failed")];
    let found = 0;
    for (const seen of counts.values()) found += seen.reduce((least, count) => Math.min(least, count.found), Infinity);
    let here = 0;
    for (const { count } of ran.values()) here += count;
    if (total > 0) this.#rate.note(this.#now(), finished - found);
    const perSecond = this.#rate.perSecond;
    const views = workers.flatMap(({ view }) => view === undefined ? [] : [view]);
    return {
      isKnown: views.length > 0,
      names,
      total,
      finished,
      failed,
      running: sum("running"),
      elsewhere: sum("elsewhere"),
      here,
      calls: workers.flatMap(({ view, notes }) =>
        (view?.running ?? []).map((call) => ({ call, fraction: undefined, note: undefined, ...notes.get(call) }))
      ),
      held: views[0]?.held ?? [],
      // If one worker has loaded the jugfile to its end, no more tasks follow.
      loading: views.length === 0 || views.every((view) => view.loading),
      hasBegun: views[0]?.hasBegun,
      barrier: views[0]?.barrier,
      perSecond,
      leftMs: perSecond === undefined ? undefined : 1000 * Math.max(0, total - finished - failed) / perSecond,
    };
  }
}

/**
 * Merges the workers' counts for one name. A worker learns with a delay what others did, so the highest count is right.
 */
function nameProgress(name: string, seen: readonly NameCount[], executed: number): NameProgress {
  const most = (key: "total" | "finished" | "failed" | "held") =>
    seen.reduce((most, count) => Math.max(most, count[key]), 0);
  const total = most("total");
  return {
    name,
    total,
    finished: Math.min(total, Math.max(most("finished"), executed)),
    failed: most("failed"),
    running: seen.reduce((sum, count) => sum + count.claimed, 0),
    elsewhere: most("held"),
  };
}
