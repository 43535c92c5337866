/**
 * The texts that `jug status --watch` shows.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import { formatCall } from "../../core/format.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { Holder } from "../../engine/analysis/holders.ts";
import type { WatchView } from "../../engine/analysis/jugdir_watch.ts";
import { durationText, rateText } from "../../engine/progress/throughput.ts";
import { barrierNotice } from "../cli/inspection.ts";
import { cut } from "../display/cut.ts";
import { plainLine } from "../display/plain.ts";
import { layOutWatch, type WatchFrame } from "../display/watch_layout.ts";
import { jsonStatus, type Shape, shortLine } from "./status_text.ts";
import type { Shown } from "./watch_display.ts";

/** What the texts are made from, besides the view. */
export interface WatchFacts {
  readonly shape: Shape;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly taskOf: (hash: Hash) => DeclaredTask | undefined;
  readonly backend: Backend;
  readonly barrier: Place | undefined;
  /** Whether the jugfile is being loaded further. */
  readonly isLoading: boolean;
  /** Whether every task is finished. */
  readonly isOver: boolean;
}

/** Returns what to show. */
export function shownOf(view: WatchView, facts: WatchFacts): Shown {
  switch (facts.shape) {
    case "json": {
      const json = jsonStatus(view.names, view.total, facts);
      const line = JSON.stringify({ ...json, ...jsonDetails(view, facts) });
      return { lines: () => [line], line, key: JSON.stringify([json, view.running.map(({ hash }) => hash)]) };
    }
    case "short":
    case "table": {
      const counts = shortLine(view.total);
      const notice = noticeText(facts);
      const line = [counts, ...facts.isOver ? [] : speedParts(view, facts), ...notice === undefined ? [] : [notice]]
        .join(", ");
      const lines: Shown["lines"] = facts.shape === "short"
        ? ({ columns }) => [cut(line, Math.max(10, columns - 1))]
        : (area) => layOutWatch(frameOf(view, facts), area);
      return { line, lines, key: `${counts} ${notice}` };
    }
  }
}

function frameOf(view: WatchView, facts: WatchFacts): WatchFrame {
  const { now, taskOf, isOver } = facts;
  const { total } = view;
  const all = total.finished + total.failed + total.running + total.ready + total.waiting;
  const percent = all === 0 ? 0 : Math.floor(100 * total.finished / all);
  return {
    names: view.names.map((states) => ({ ...states, name: plainLine(states.name) })),
    summary: [`${total.finished} of ${all} finished (${percent} %)`, ...isOver ? [] : speedParts(view, facts)],
    notice: noticeText(facts),
    running: isOver ? [] : view.running.map((holder) => {
      const task = taskOf(holder.hash);
      return {
        call: plainLine(task === undefined ? holder.hash.slice(0, 8) : formatCall(task)),
        time: holder.since === undefined ? "?" : durationText(Math.max(0, now - holder.since)),
        where: whereText(holder),
      };
    }),
    queued: view.queued,
    failures: view.failures.map(({ call, text, time }) => ({
      call: plainLine(call),
      text: plainLine(text.split("\n", 1)[0] ?? ""),
      time: `${durationText(Math.max(0, now - time))} ago`,
    })),
  };
}

/** Returns who holds a task, in the form of `jug log`: host, process and thread. */
function whereText({ host, pid, owner, thread }: Holder): string {
  return plainLine(`${host ?? "host"}:${pid ?? owner}${thread === undefined ? "" : `.${thread}`}`);
}

function noticeText({ barrier, isLoading }: WatchFacts): string | undefined {
  return isLoading ? "the jugfile is loaded further, more tasks may follow" : barrierNotice({ barrier });
}

function speedParts(view: WatchView, { now, barrier, isLoading }: WatchFacts): string[] {
  const { perSecond, left, processes, since } = view;
  const parts: string[] = [];
  if (perSecond !== undefined) parts.push(rateText(perSecond));
  if (left.kind === "unknown") parts.push("time left unknown");
  else {
    const isLeast = left.isLeast || barrier !== undefined || isLoading;
    parts.push(`${isLeast ? "at least " : ""}${durationText(left.ms)} left`);
  }
  if (since !== undefined) parts.push(`elapsed ${durationText(Math.max(0, now - since))}`);
  parts.push(processes === 0 ? "no process works" : processes === 1 ? "1 process" : `${processes} processes`);
  return parts;
}

function jsonDetails(view: WatchView, { now, taskOf }: WatchFacts) {
  const { perSecond, left, running, queued, processes, since } = view;
  return {
    time: new Date(now).toISOString(),
    perSecond: perSecond ?? null,
    /** In milliseconds; `null` if unknown. */
    left: left.kind === "known" ? left.ms : null,
    processes,
    since: since === undefined ? null : new Date(since).toISOString(),
    running: running.map((holder) => {
      const task = taskOf(holder.hash);
      return {
        hash: holder.hash,
        call: task === undefined ? null : formatCall(task),
        host: holder.host ?? null,
        pid: holder.pid ?? null,
        thread: holder.thread ?? null,
        since: holder.since === undefined ? null : new Date(holder.since).toISOString(),
      };
    }),
    queued,
    failures: view.failures.map(({ hash, call, text, time }) => ({
      hash,
      call,
      error: text,
      time: new Date(time).toISOString(),
    })),
  };
}
