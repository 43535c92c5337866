/**
 * Prints a list of tasks, as lines or as JSON.
 *
 * @module
 */
import { placeOf } from "../../engine/analysis/presence.ts";
import type { TaskState } from "../../engine/inspect/task_state.ts";
import { measuredText } from "../../engine/progress/throughput.ts";
import type { CommandContext } from "../cli/command.ts";
import type { Sight } from "../cli/jugfile_or_jugdir.ts";
import { Chunks } from "../display/chunks.ts";
import { painter, type Style } from "../display/paint.ts";
import { forSame, isoTime, plainJson, plainText } from "../display/plain_text.ts";
import { usableWidth } from "../display/text_fit.ts";
import type { TaskList, TaskRow } from "./task_rows.ts";

const STYLES: Readonly<Record<TaskState, Style>> = {
  waiting: "dim",
  ready: "yellow",
  running: "cyan",
  finished: "green",
  failed: "red",
};
const UNKNOWN = "-";
/** The columns of a time like 2026-03-05T12:00:01.921Z, and of durations like "999 min". */
const TIME = 24;
const DURATION = 9;
/** A longer name of a worker shifts the columns behind it. */
const WORKER = 40;

/** Prints a line for each task: hash, state, start, duration, worker, call. On a terminal, lines are cut to its width. */
export async function printLines(context: CommandContext, { workers, rows }: TaskList): Promise<void> {
  const paint = painter(context.color.stdout);
  const size = context.liveStdout ? context.terminalSize() : undefined;
  const cut = size === undefined ? undefined : (await import("../display/cut.ts")).cut;
  const width = size === undefined ? Infinity : usableWidth(size.columns);
  const workerWidth = Math.min(WORKER, workers.reduce((most, name) => Math.max(most, plainText(name).length), 1));
  const out = new Chunks(context.stdout);
  const startText = forSame((start: number | undefined) => (isoTime(start) ?? UNKNOWN).padEnd(TIME));
  const workerText = forSame((worker: string | undefined) =>
    (worker === undefined ? UNKNOWN : plainText(worker)).padEnd(workerWidth)
  );
  for (const { hash, state, name, args, start, duration, worker, isQueued = false } of rows) {
    const call = name === undefined ? UNKNOWN : plainText(args === undefined ? name : `${name}(${args})`);
    const line = [
      hash.slice(0, 8),
      paint(STYLES[state], state.padEnd(8)),
      startText(start),
      (isQueued ? "queued" : duration === undefined ? UNKNOWN : measuredText(duration)).padStart(DURATION),
      workerText(worker),
      call,
    ].join("  ");
    out.add(`${cut === undefined ? line : cut(line, width)}\n`);
  }
  out.end();
}

/** Prints one JSON document, with a task a line. docs/looking.md describes its form. */
export function printJson(context: CommandContext, sight: Sight, { rows }: TaskList): void {
  const isLoaded = sight.kind === "jugfile";
  const head = {
    jugdir: sight.backend.address,
    jugfile: { path: context.jugfile, loaded: isLoaded },
    barrier: isLoaded ? sight.inspection.barrier ?? null : null,
  };
  const out = new Chunks(context.stdout);
  out.add(`${plainJson(head).slice(0, -1)},"tasks":[`);
  let separator = "\n";
  for (const row of rows) {
    out.add(separator + plainJson(jsonRow(row)));
    separator = ",\n";
  }
  out.add("\n]}\n");
  out.end();
}

function jsonRow(row: TaskRow) {
  const { hash, name, args, state, start, finish, duration, worker, size, isQueued = false } = row;
  const { host, process, thread } = placeOf(worker ?? "");
  return {
    hash,
    name: name ?? null,
    args: args ?? null,
    state,
    queued: isQueued,
    started: isoTime(start) ?? null,
    finished: isoTime(finish) ?? null,
    seconds: duration === undefined ? null : duration / 1000,
    worker: worker ?? null,
    host: host ?? null,
    pid: process !== undefined && /^\d{1,15}$/.test(process) ? Number(process) : null,
    thread: thread ?? null,
    size: size ?? null,
  };
}
