/**
 * Decides what `launch --watch` does, from what it sees. Pure: it reads no clock and calls no scheduler.
 *
 * @module
 */
import type { Job } from "../job.ts";

/** How many workers there may be. */
export interface WorkerPlan {
  readonly min: number;
  readonly max: number;
  /** How many tasks a worker job runs at once. */
  readonly tasksPerJob: number;
  /** How much time passes between two looks, in milliseconds. */
  readonly everyMs: number;
  /** So many tasks may fail before the watch ends; `undefined` for any number. */
  readonly maxFailures: number | undefined;
}

/** What is seen in one look. */
export interface Observation {
  /** A time that is never set back, in milliseconds. */
  readonly now: number;
  /** How many tasks workers of this launch could begin at once. */
  readonly ready: number;
  /** How many tasks are being run. */
  readonly running: number;
  /** How many tasks are finished, and how many not, whether or not they can be run. */
  readonly finished: number;
  readonly unfinished: number;
  /** Whether further tasks may be declared, because the jugfile is still being loaded. */
  readonly isLoading: boolean;
  /** How many tasks have failed since the watch began. */
  readonly failed: number;
  /** How many tasks finish in a second, if known. */
  readonly perSecond: number | undefined;
  /** How many processes hold tasks. */
  readonly busy: number;
  /** The jobs of this launch; `undefined` if the scheduler did not answer. */
  readonly jobs: readonly Job[] | undefined;
  /** The ids of all jobs whose worker has ever joined the jugdir. */
  readonly joined: ReadonlySet<string>;
  /** Whether the ids of `jobs` are those in `joined`. */
  readonly knowsIds: boolean;
  /** What a task lacked a permission for, as a sentence. */
  readonly lacking: string | undefined;
}

/** What is remembered between two looks. A watch that is started again begins anew. */
export interface WatchState {
  /** The jobs of the last look that the scheduler answered, and those that were submitted since. */
  readonly jobs: readonly Job[];
  /** When that was, by {@linkcode Observation.now}. */
  readonly at: number;
  readonly finished: number;
  /** When a look last showed that a task had been finished, by {@linkcode Observation.now}. */
  readonly progressAt: number;
  readonly joinedCount: number;
  /** How many workers in a row ended early without having done anything. */
  readonly idleEnds: number;
  /** How many submissions were refused in a row. */
  readonly refusals: number;
}

/** What to do now. */
export type Decision =
  /** submit so many jobs */
  | { readonly kind: "submit"; readonly count: number; readonly jobs: readonly Job[] }
  | { readonly kind: "wait" }
  /** every task is finished */
  | { readonly kind: "finished" }
  /** nothing is ready, nothing runs, and nobody is there who could change that */
  | { readonly kind: "nothing-left"; readonly unfinished: number }
  /** workers end as soon as they begin; `id`: the last one of them */
  | { readonly kind: "workers-fail"; readonly id: string }
  | { readonly kind: "lacks-permission"; readonly text: string }
  /** tasks failed, and the user wants to know before more of them do */
  | { readonly kind: "tasks-failed"; readonly count: number }
  | { readonly kind: "refused" };

/** The state before the first look. */
export const FIRST: WatchState = {
  jobs: [],
  at: 0,
  // What was finished before the first look is no progress.
  finished: Infinity,
  progressAt: -Infinity,
  joinedCount: 0,
  idleEnds: 0,
  refusals: 0,
};

/** A worker that ends sooner has ended early, in seconds. */
const EARLY = 60;
/** So many workers in a row that ended early are enough. */
export const MOST_IDLE_ENDS = 3;
/** So many refusals in a row are enough. */
export const MOST_REFUSALS = 10;

/** Returns what to do, and what to remember. */
export function decide(
  state: WatchState,
  seen: Observation,
  plan: WorkerPlan,
): { readonly state: WatchState; readonly decision: Decision } {
  const progressAt = seen.finished > state.finished ? seen.now : state.progressAt;
  const ends = endsOf(state, seen, progressAt);
  const next: WatchState = {
    jobs: seen.jobs === undefined ? state.jobs : timed(seen.jobs, state.jobs, seen.now - state.at),
    at: seen.jobs === undefined ? state.at : seen.now,
    finished: seen.finished,
    progressAt,
    joinedCount: seen.joined.size,
    idleEnds: ends.count,
    refusals: state.refusals,
  };
  return { state: next, decision: decisionOf(next, seen, plan, ends.last) };
}

/** Returns the state after a submission. `taken`: the jobs that the scheduler took. */
export function afterSubmission(state: WatchState, taken: readonly Job[], isRefused: boolean): WatchState {
  return {
    ...state,
    // They may be gone at the next look.
    jobs: [...state.jobs, ...taken],
    refusals: isRefused ? state.refusals + 1 : 0,
  };
}

function decisionOf(state: WatchState, seen: Observation, plan: WorkerPlan, lastEnd: string): Decision {
  if (seen.lacking !== undefined) return { kind: "lacks-permission", text: seen.lacking };
  if (plan.maxFailures !== undefined && seen.failed >= plan.maxFailures) {
    return { kind: "tasks-failed", count: seen.failed };
  }
  if (seen.unfinished === 0 && !seen.isLoading) return { kind: "finished" };
  if (state.idleEnds >= MOST_IDLE_ENDS) return { kind: "workers-fail", id: lastEnd };
  if (state.refusals >= MOST_REFUSALS) return { kind: "refused" };
  // Without an answer, nobody knows how many there are: submitting could double them.
  if (seen.jobs === undefined) return { kind: "wait" };
  const jobs = seen.jobs.filter((job) => job.state !== "ending");
  const isStill = seen.ready === 0 && seen.running === 0 && seen.busy === 0;
  // As long as there are workers, one of them may yet make a task ready: it may be about to store a result.
  if (isStill && seen.jobs.length === 0) return { kind: "nothing-left", unfinished: seen.unfinished };
  const count = missing(jobs, seen, plan);
  return count > 0 ? { kind: "submit", count, jobs } : { kind: "wait" };
}

/** Returns how many further jobs the ready tasks need. */
export function missing(
  jobs: readonly Job[],
  { ready, busy, perSecond = 0 }: Pick<Observation, "ready" | "busy" | "perSecond">,
  { min, max, tasksPerJob, everyMs }: Omit<WorkerPlan, "maxFailures">,
): number {
  if (ready === 0) return 0;
  const running = jobs.filter(({ state }) => state === "running").length;
  const waiting = jobs.length - running;
  // Workers that hold nothing yet take ready tasks in a moment.
  const free = waiting + Math.max(0, running - busy);
  // What the working ones finish until the next look needs no further worker.
  const soon = running > 0 ? perSecond * everyMs / 1000 : 0;
  const needed = Math.ceil(Math.max(0, ready - soon) / tasksPerJob) - free;
  return Math.max(0, Math.min(max - jobs.length, Math.max(needed, min - jobs.length)));
}

/** Counts the workers that ended early and did nothing, one after the other. */
function endsOf(
  state: WatchState,
  seen: Observation,
  progressAt: number,
): { readonly count: number; readonly last: string } {
  let count = state.idleEnds;
  let last = "";
  if (seen.jobs === undefined) return { count, last };
  // A worker may have finished its last task before the last look, and ended after it.
  const isProgressing = seen.now - progressAt < EARLY * 1000;
  for (const job of goneSince(state.jobs, seen)) {
    const hasJoined = seen.knowsIds ? seen.joined.has(job.id) : seen.joined.size > state.joinedCount;
    // One that joined and left found nothing to do, unless there was something: then nothing fits it.
    const isIdle = !hasJoined || seen.ready > 0 && !isProgressing;
    if (isIdle && (job.seconds ?? 0) < EARLY) {
      count++;
      last = job.id;
    } else count = 0;
  }
  return { count, last };
}

/** Adds how long jobs have run for schedulers that do not say it. `ms`: the time since the last look. */
function timed(jobs: readonly Job[], before: readonly Job[], ms: number): Job[] {
  const known = new Map(before.map((job) => [job.id, job]));
  return jobs.map((job) => {
    if (job.seconds !== undefined || job.state !== "running") return job;
    const last = known.get(job.id);
    return { ...job, seconds: last?.state === "running" ? (last.seconds ?? 0) + ms / 1000 : 0 };
  });
}

/** Returns the jobs that are there no more, or are about to be gone. */
function goneSince(before: readonly Job[], { jobs = [], knowsIds }: Observation): readonly Job[] {
  const old = before.filter(({ state }) => state !== "ending");
  const still = jobs.filter(({ state }) => state !== "ending");
  if (!knowsIds) return old.slice(still.length);
  const ids = new Set(still.map(({ id }) => id));
  return old.filter(({ id }) => !ids.has(id));
}
