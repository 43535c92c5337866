/**
 * When which worker was there: from the listing of processes, and from the runs themselves.
 *
 * A process joins when it starts and leaves when it ends, so the time in which it loads the jugfile, or waits, is part
 * of its presence. Of a process that was killed, only the time up to the end of its last run is known.
 *
 * @module
 */
import type { ProcessEntry } from "../../backends/backend.ts";
import { type RowsByWorker, rowsOf } from "./by_worker.ts";
import { endAt, type RunColumns } from "./run_columns.ts";

/** A period, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a worker is. What its name does not say is unknown. */
export interface WorkerPlace {
  readonly host: string | undefined;
  /** The process id, or the owner's id where that was not known. */
  readonly process: string | undefined;
  /** The number of the thread in its process. */
  readonly thread: number | undefined;
}

/** A worker, and when it was there. */
export interface WorkerPresence {
  /** Its name, as records have it. */
  readonly name: string;
  /** Which of the columns' workers it is; `undefined` if no run of it is known. */
  readonly worker: number | undefined;
  /** Not empty, in the order of time, and without overlaps. */
  readonly spans: readonly Span[];
}

/** What {@linkcode workerPresence} looks at. */
export interface PresenceParts {
  readonly columns: RunColumns;
  readonly byWorker: RowsByWorker;
  readonly processes: Iterable<ProcessEntry>;
  /** The time of the listing, in milliseconds since 1970. Processes that are alive are there until then. */
  readonly now: number;
}

/** More workers than this are not assumed to be in one process, whatever its options say. */
const MOST_THREADS = 256;

/** Splits the name of a worker, `host:process.thread`. */
export function placeOf(worker: string): WorkerPlace {
  const [, host, process, thread] = /^(.*):([^:]+)\.(\d{1,9})$/s.exec(worker) ?? [];
  return { host, process, thread: thread === undefined ? undefined : Number(thread) };
}

/**
 * Returns the workers that were there. Workers without a run are among them while others ran tasks, as far as processes
 * say how many workers they have.
 */
export function workerPresence({ columns, byWorker, processes, now }: PresenceParts): readonly WorkerPresence[] {
  const byPlace = new Map<string, ProcessEntry[]>();
  for (const process of processes) {
    const place = `${process.host ?? "host"}:${process.pid ?? process.id}`;
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, [process]);
    else known.push(process);
  }
  for (const candidates of byPlace.values()) candidates.sort((a, b) => startOf(a) - startOf(b));

  const found: WorkerPresence[] = [];
  const seen = new Map<ProcessEntry, number>();
  for (const [worker, name] of columns.workers.entries()) {
    const candidates = byPlace.get(name.slice(0, Math.max(0, name.lastIndexOf(".")))) ?? [];
    const spans: Span[] = [];
    for (const { process, ...span } of stints(columns, rowsOf(byWorker, worker), candidates, now)) {
      if (process !== undefined) seen.set(process, (seen.get(process) ?? 0) + 1);
      spans.push(span);
    }
    found.push({ name, worker, spans: joined(spans) });
  }

  const period = periodOf(columns);
  if (period === undefined) return found;
  for (const [place, candidates] of byPlace) {
    for (const process of candidates) {
      const ran = seen.get(process) ?? 0;
      // What it had run before may have been removed since, so only the time of the known runs counts.
      const span = common(period, { from: startOf(process), to: endOf(process, now) ?? -Infinity });
      if (span === undefined) continue;
      for (let i = ran; i < threadsOf(process); i++) {
        found.push({ name: `${place}.?`, worker: undefined, spans: [span] });
      }
    }
  }
  return found;
}

/**
 * Returns the time in which a worker belonged to each of the processes with its host and number, as far as it has runs
 * in it. Numbers of processes are used again, in containers even the same ones.
 */
function* stints(
  columns: RunColumns,
  rows: Uint32Array,
  candidates: readonly ProcessEntry[],
  now: number,
): Generator<Span & { readonly process: ProcessEntry | undefined }> {
  let at = 0;
  for (let which = -1; which < candidates.length && at < rows.length; which++) {
    const process = candidates[which];
    const next = candidates[which + 1];
    let [from, to] = [Infinity, -Infinity];
    for (; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      const start = columns.start[row] ?? 0;
      if (next !== undefined && startOf(next) <= start) break;
      from = Math.min(from, start);
      to = Math.max(to, endAt(columns, row));
    }
    if (from > to) continue;
    if (process !== undefined) {
      from = Math.min(from, process.started ?? from);
      to = Math.max(to, endOf(process, now) ?? to);
    }
    yield { from, to, process };
  }
}

function startOf({ started }: ProcessEntry): number {
  return started ?? -Infinity;
}

/** Returns when a process ended, or `now` if it is alive; `undefined` if that is not known. */
function endOf({ left, state }: ProcessEntry, now: number): number | undefined {
  return left ?? (state === "alive" ? now : undefined);
}

/** Returns how many workers a process has, by the options of `jug execute`; 1 if it was started otherwise. */
function threadsOf({ options = "" }: ProcessEntry): number {
  const [, count = "1"] = /(?:^| )--workers (\d{1,9})(?: |$)/.exec(options) ?? [];
  return Math.min(Number(count), MOST_THREADS);
}

/** Returns the time from the first start of a run to the last end, `undefined` if there are no runs. */
export function periodOf(columns: RunColumns): Span | undefined {
  let [from, to] = [Infinity, -Infinity];
  for (let row = 0; row < columns.count; row++) {
    const [start, end] = [columns.start[row] ?? 0, endAt(columns, row)];
    if (start < from) from = start;
    if (end > to) to = end;
  }
  return from <= to ? { from, to } : undefined;
}

function common(a: Span, b: Span): Span | undefined {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return from < to ? { from, to } : undefined;
}

/** Joins spans that overlap or touch. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || span.from > last.to) all.push(span);
    else if (span.to > last.to) all[all.length - 1] = { from: last.from, to: span.to };
  }
  return all;
}
