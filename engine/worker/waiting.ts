/**
 * What a worker does while it can begin no task: it waits for its own tasks, for others or for the jugfile, or it ends.
 *
 * @module
 */
import type { Place } from "../../core/caller.ts";
import type { RunBudget } from "../limits/run_budget.ts";
import type { Claiming } from "./claiming.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Ending } from "./ending.ts";
import type { Graph } from "../graph/graph.ts";
import type { KnownResults } from "./known_results.ts";
import { lostBarrier, type UnfinishedFacts } from "../graph/unfinished.ts";
import type { FromWorker, WorkerOptions } from "../messages/messages.ts";
import { durationText } from "../progress/throughput.ts";
import type { Store } from "../results/store.ts";
import { turn, type Wake } from "../threads/wake.ts";
import type { WorkerReports } from "./worker_reports.ts";

/** What a worker that can begin no task waits for. */
export type WaitsFor =
  /** a task that runs beside its loop, or the time when a parked task may begin */
  | { readonly kind: "own-tasks" }
  /** other workers, of this process or another, which hold the remaining tasks */
  | { readonly kind: "others" }
  /** code of the jugfile, which awaits something other than a barrier */
  | { readonly kind: "jugfile" }
  /**
   * the same, while a barrier stays unmet for the rest of the run. The code may be waiting behind that barrier, which
   * cannot be determined, so this wait is limited.
   */
  | { readonly kind: "jugfile-beside-barrier"; readonly place: Place | undefined }
  /** nothing: all tasks are finished, or cannot be */
  | { readonly kind: "nothing" };

/** What {@linkcode Waiting} works with. */
export interface WaitingParts {
  readonly store: Store;
  readonly options: WorkerOptions;
  readonly graph: Graph;
  readonly known: KnownResults;
  readonly claiming: Claiming;
  readonly dispatch: Dispatch;
  readonly budget: RunBudget;
  readonly reports: WorkerReports;
  readonly ending: Ending;
  readonly wake: Wake;
  readonly facts: () => UnfinishedFacts;
  /** How many parts of the jugfile's own code have not ended. */
  readonly unended: () => number;
  /** Lets messages in now and then; returns whether to continue. */
  readonly yieldIfDue: () => Promise<boolean>;
  /** Sends a message to the coordinator. */
  readonly report: (message: FromWorker) => void;
  /** Prints a line for the user. */
  readonly note: (text: string) => void;
  /** Whether this worker prints messages for its whole process. */
  readonly isFirst: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * How often the locks of others are tried, in milliseconds: the lock of a dead owner must be taken over within two
 * seconds.
 */
const RECLAIM_MS = 500;
/** How long the jugfile may await something other than a barrier while a barrier stays unmet, in milliseconds. */
const OWN_AWAIT_MS = 5000;

/** The waiting of one worker. */
export class Waiting {
  readonly #parts: WaitingParts;
  /** When the locks of others are tried again. */
  #nextTry = 0;
  #isLimitReached = false;
  #isShutTold = false;

  constructor(parts: WaitingParts) {
    this.#parts = parts;
  }

  /** Whether the worker gave up waiting for tasks that others hold. */
  get isLimitReached(): boolean {
    return this.#isLimitReached;
  }

  /** Whether no task can begin, nothing has to be looked up or opened, and the end was not requested. */
  get isUpToDate(): boolean {
    const { ending, graph, dispatch, claiming } = this.#parts;
    return !ending.isAsked && !graph.hasUnchecked && !graph.hasToOpen &&
      (dispatch.freeSlots <= 0 || !graph.hasReady() && !claiming.mayUnpark);
  }

  /** Waits for something to do; returns whether there may be something. */
  async forWork(): Promise<boolean> {
    this.#parts.reports.tellExecuted();
    // Code that has passed a barrier declares its next tasks within one turn.
    await turn();
    if (!this.isUpToDate) return true;
    const waitsFor = this.#waitsFor();
    switch (waitsFor.kind) {
      case "own-tasks":
        return await this.#forOwnTasks();
      case "others":
        return await this.#forOthers();
      case "jugfile":
        return await this.#verify() || await this.#forJugfile(Infinity);
      case "jugfile-beside-barrier":
        return await this.#verify() || await this.#besideBarrier(waitsFor.place);
      case "nothing":
        return await this.#verify() || await this.#findLost();
    }
  }

  #waitsFor(): WaitsFor {
    const { dispatch, graph, claiming, unended, facts } = this.#parts;
    if (dispatch.slotsInUse > 0 || graph.hasParked && claiming.retryIn < Infinity) return { kind: "own-tasks" };
    if (graph.counts.held > 0) return { kind: "others" };
    if (unended() === 0) return { kind: "nothing" };
    const barrier = lostBarrier(graph, facts());
    return barrier === undefined ? { kind: "jugfile" } : { kind: "jugfile-beside-barrier", place: barrier.place };
  }

  /** Waits until a task that runs beside the loop ends, or a parked task may begin. */
  async #forOwnTasks(): Promise<true> {
    const { reports, dispatch, graph, wake, claiming, now } = this.#parts;
    reports.view("soon");
    const canTry = dispatch.freeSlots > 0 && graph.counts.held > 0;
    await wake.wait(Math.min(claiming.retryIn, canTry ? RECLAIM_MS : Infinity));
    if (canTry && now() >= this.#nextTry) await this.#tryHeld();
    return true;
  }

  /** Waits while others hold the remaining tasks. Tries their locks now and then, in case they died. */
  async #forOthers(): Promise<boolean> {
    const { report, reports, graph, options, claiming, wake, budget, ending, now } = this.#parts;
    report({ kind: "idle" });
    reports.view("at once");
    let deadline = now() + options.waitLimitMs;
    this.#nextTry = now() + RECLAIM_MS;
    try {
      while (this.isUpToDate && graph.counts.held > 0) {
        const time = now();
        // As long as another worker runs a task, the process is not idle.
        if (!claiming.areHeldElsewhere) deadline = time + options.waitLimitMs;
        else if (time >= deadline) {
          this.#isLimitReached = true;
          return false;
        }
        const woken = await wake.wait((time < deadline ? Math.min(this.#nextTry, deadline) : this.#nextTry) - time);
        const refusal = claiming.areHeldElsewhere ? budget.checkWaiting() : budget.check();
        if (refusal !== undefined) ending.limit(refusal);
        // Changes may arrive all the time. They must not keep this worker from trying the locks of dead owners.
        if (ending.isAsked || woken && now() < this.#nextTry) continue;
        if (await this.#tryHeld()) return true;
      }
      return true;
    } finally {
      report({ kind: "busy" });
    }
  }

  /**
   * Tries the locks of others, in case they died, and runs the tasks that were taken over; returns whether there were
   * any.
   */
  async #tryHeld(): Promise<boolean> {
    const { claiming, dispatch, report, now } = this.#parts;
    this.#nextTry = now() + RECLAIM_MS;
    const claimed = await claiming.claimHeld(dispatch.freeSlots);
    if (claimed.length === 0) return false;
    report({ kind: "busy" });
    await dispatch.begin(claimed);
    await dispatch.flush();
    return true;
  }

  /**
   * Waits until the jugfile declares a task, passes a barrier or ends, at most `ms` milliseconds; returns whether it
   * did.
   */
  async #forJugfile(ms: number): Promise<boolean> {
    const { reports, wake } = this.#parts;
    reports.view("at once");
    return await wake.wait(ms);
  }

  async #besideBarrier(place: Place | undefined): Promise<boolean> {
    const { options, note, isFirst } = this.#parts;
    const ms = Math.min(OWN_AWAIT_MS, options.waitLimitMs);
    if (isFirst && !this.#isShutTold && ms > 0) {
      this.#isShutTold = true;
      const where = place === undefined ? "a barrier" : `the barrier at ${place.file}:${place.line}`;
      note(
        `${where} cannot open in this run, since a task above it failed or is left out: ` +
          `waiting ${durationText(ms)} at most for other awaits of the jugfile`,
      );
    }
    return await this.#forJugfile(ms);
  }

  /**
   * Checks results that existed before; returns whether there is something to do. The jugfile may have continued in the
   * meantime.
   */
  async #verify(): Promise<boolean> {
    const { known, yieldIfDue } = this.#parts;
    return await known.verify(yieldIfDue) || !this.isUpToDate;
  }

  /** Looks for results that a server lost; returns whether there are any. */
  async #findLost(): Promise<boolean> {
    const { store: { backend }, dispatch, known, note } = this.#parts;
    // With a batch size of 1 (files), results are on a disk, and not on a server that may lose them.
    if (!dispatch.hasStored || backend.batchSize === 1) return false;
    const lost = await known.findLost();
    if (lost.length === 0) return false;
    note(`${lost.length} results are gone from ${backend.address}: their tasks run again`);
    return true;
  }
}
