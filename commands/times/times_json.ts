/**
 * Formats times as JSON. docs/looking.md describes the form.
 *
 * @module
 */
import { placeOf } from "../../engine/analysis/presence.ts";
import { hashAt, kindAt, type RunColumns } from "../../engine/analysis/run_columns.ts";
import { idleShare } from "../../engine/analysis/utilisation.ts";
import type { Sight } from "../cli/jugfile_or_jugdir.ts";
import { isoTime, plainJson } from "../display/plain_text.ts";
import type { Measured, MeasuredPath, Runs } from "../../engine/analysis/measure.ts";
import { inSeconds, runningRows } from "./parts.ts";

/** The most steps of the critical path. A path may have as many as there are tasks. */
const STEPS = 1000;

/** What is reported, and about what. */
export interface Reported {
  readonly jugfile: string;
  readonly sight: Sight;
  readonly runs: Runs;
  readonly measured: Measured;
}

/** Formats times as one JSON document. */
export function timesJson({ jugfile, sight, runs, measured }: Reported): string {
  const { columns, now } = runs;
  const { functions, path, workers, slices, undeclared, period } = measured;
  const document = {
    jugdir: sight.backend.address,
    jugfile: { path: jugfile, loaded: sight.kind === "jugfile" },
    barrier: sight.kind === "jugfile" ? sight.inspection.barrier ?? null : null,
    time: isoTime(now) ?? null,
    runs: {
      ...countKinds(columns),
      undeclared: undeclared ?? null,
      from: isoTime(period?.from) ?? null,
      to: isoTime(period?.to) ?? null,
    },
    functions: functions.map(({ name, count, failed, total, spread }) => ({
      name,
      runs: count,
      failed,
      totalSeconds: inSeconds(total),
      meanSeconds: seconds(spread?.mean),
      medianSeconds: seconds(spread?.median),
      p95Seconds: seconds(spread?.p95),
      longestSeconds: seconds(spread?.longest),
      longest: spread === undefined ? null : {
        hash: hashAt(columns, spread.longestRow),
        args: runs.argsOf(spread.longestRow) ?? null,
        worker: columns.workers[columns.worker[spread.longestRow] ?? 0] ?? null,
        started: isoTime(columns.start[spread.longestRow]) ?? null,
        seconds: inSeconds(spread.longest),
      },
    })),
    criticalPath: path === undefined ? null : jsonPath(path),
    workers: workers.map(({ presence, runs, busy, present }) => {
      const { host, process, thread } = placeOf(presence.name);
      return {
        worker: presence.name,
        host: host ?? null,
        pid: process !== undefined && /^\d{1,15}$/.test(process) ? Number(process) : null,
        thread: thread ?? null,
        runs,
        busySeconds: inSeconds(busy),
        presentSeconds: inSeconds(present),
        idleShare: shareOf({ busy, present }),
        present: presence.spans.map(({ from, to }) => ({ from: isoTime(from) ?? null, to: isoTime(to) ?? null })),
      };
    }),
    idle: slices.map(({ from, to, busy, present, attended }) => ({
      from: isoTime(from) ?? null,
      to: isoTime(to) ?? null,
      workers: attended > 0 ? Number((present / attended).toFixed(4)) : null,
      busySeconds: inSeconds(busy),
      presentSeconds: inSeconds(present),
      idleShare: shareOf({ busy, present }),
    })),
    running: runningRows(runs).map(({ hash, name, args, start, duration, worker }) => ({
      hash,
      name: name ?? null,
      args: args ?? null,
      started: isoTime(start) ?? null,
      seconds: inSeconds(duration),
      worker,
    })),
  };
  return `${plainJson(document, 2)}\n`;
}

function jsonPath({ total, count, steps }: MeasuredPath) {
  return {
    seconds: inSeconds(total),
    tasks: count,
    steps: steps.slice(0, STEPS).map(({ name, count, total, hash, args }) => ({
      name,
      tasks: count,
      seconds: inSeconds(total),
      first: { hash, args: args ?? null },
    })),
    stepsLeftOut: Math.max(0, steps.length - STEPS),
  };
}

function countKinds(columns: RunColumns) {
  const counts = { result: 0, failure: 0, running: 0 };
  for (let row = 0; row < columns.count; row++) counts[kindAt(columns, row)]++;
  return { finished: counts.result, failed: counts.failure, running: counts.running };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : inSeconds(ms);
}

function shareOf(use: Parameters<typeof idleShare>[0]): number | null {
  const share = idleShare(use);
  return share === undefined ? null : Number(share.toFixed(4));
}
