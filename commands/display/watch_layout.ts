/**
 * Lays out `jug status --watch` for a terminal: a row with a bar for each task function, a line about speed and time
 * left, the running tasks, and the latest failures. If not all fits, the most important lines are shown.
 *
 * @module
 */
import stringWidth from "npm:string-width@8";
import type { NameStates } from "../../engine/analysis/live_states.ts";
import { cut } from "./cut.ts";
import type { Area } from "./layout.ts";
import { type Paint, painter, type Style } from "./paint.ts";

/** The texts to lay out. They contain no control characters. */
export interface WatchFrame {
  readonly names: readonly NameStates[];
  /** What is said about speed and time, in the order of importance. */
  readonly summary: readonly string[];
  /** Why there may be more tasks; `undefined` if all are known. */
  readonly notice: string | undefined;
  /** The running tasks. */
  readonly running: readonly RunningRow[];
  /** How many tasks were claimed together with these, and have not begun. */
  readonly queued: number;
  /** The latest failures. */
  readonly failures: readonly FailureRow[];
}

/** A running task. */
export interface RunningRow {
  readonly call: string;
  /** For how long. */
  readonly time: string;
  /** Who runs it. */
  readonly where: string;
}

/** A failure. */
export interface FailureRow {
  readonly call: string;
  readonly text: string;
  /** How long ago. */
  readonly time: string;
}

/** The width from which there is a table. Below it, a row has only the most important counts. */
const WIDE = 60;
const MIN_NAME = 12;
/** The width of a bar: a narrower one shows nothing, a wider one shows no more. */
const MIN_BAR = 8;
const MAX_BAR = 30;
const TOTAL = "Total:";
/** The most rows of running tasks and of failures: more would be no overview. */
const MOST_RUNNING = 40;
const MOST_FAILURES = 8;

/** Returns the lines to draw. They fit the terminal, and leave its last row to the cursor. */
export function layOutWatch(frame: WatchFrame, area: Area): string[] {
  const width = Math.max(10, area.columns - 1);
  const paint = painter(area.color);
  const foot = [cutParts(frame.summary, width), ...frame.notice === undefined ? [] : [cut(frame.notice, width)]];
  const [names, running, failures] = share(Math.max(0, area.rows - 1 - 1 - foot.length), [
    1 + frame.names.length,
    frame.running.length === 0 ? 0 : 1 + Math.min(MOST_RUNNING, frame.running.length) + Number(frame.queued > 0),
    frame.failures.length === 0 ? 0 : 1 + Math.min(MOST_FAILURES, frame.failures.length),
  ]);
  const lines = [
    ...table(frame.names, { width, paint, rows: names }),
    ...foot,
    ...runningLines(frame, { width, paint, rows: running }),
    ...failureLines(frame, { width, paint, rows: failures }),
  ];
  return lines.slice(-Math.max(1, area.rows - 1));
}

/** Joins parts, as many as fit. */
function cutParts(parts: readonly string[], width: number): string {
  let line = parts[0] ?? "";
  for (const part of parts.slice(1)) {
    if (stringWidth(`${line}, ${part}`) > width) break;
    line += `, ${part}`;
  }
  return cut(line, width);
}

/** Divides lines among sections that want so many of them. One line would be a title without content. */
function share(lines: number, wanted: readonly [number, number, number]): readonly [number, number, number] {
  const given: [number, number, number] = [0, 0, 0];
  for (let left = lines; left > 0;) {
    const before = left;
    for (const section of [0, 1, 2] as const) {
      if (left === 0 || given[section] >= wanted[section]) continue;
      given[section]++;
      left--;
    }
    if (left === before) break;
  }
  // The section that is shown last gives way first.
  for (const section of [2, 1] as const) {
    if (given[section] !== 1) continue;
    return share(lines, section === 2 ? [wanted[0], wanted[1], 0] : [wanted[0], 0, wanted[2]]);
  }
  return given;
}

/** Where a section goes. */
interface Section {
  readonly width: number;
  readonly paint: Paint;
  /** How many lines it has. */
  readonly rows: number;
}

/** Returns as many rows as fit, and a line about the others. */
function limited<T>(rows: readonly T[], lines: number, more: number, draw: (row: T) => string): string[] {
  const hidden = rows.length + more;
  if (rows.length <= lines && more === 0) return rows.map(draw);
  const shown = rows.slice(0, Math.max(0, lines - 1));
  return [...shown.map(draw), `… and ${hidden - shown.length} more`].slice(0, Math.max(0, lines));
}

function runningLines({ running, queued }: WatchFrame, { width, paint, rows }: Section): string[] {
  if (rows < 2) return [];
  const last = queued > 0 ? [cut(`… and ${queued} that were claimed together with these`, width)] : [];
  const lines = rows - 1 - last.length;
  const shown = running.slice(0, lines);
  const time = longest(shown.map((row) => row.time));
  const where = Math.min(longest(shown.map((row) => row.where)), Math.floor(width * 0.45));
  const call = Math.max(8, Math.min(longest(shown.map((row) => row.call)), width - time - where - 6));
  return [
    paint("bold", cut("Running: since, task, by (host:process.thread)", width)),
    ...limited(running, lines, 0, (row) => {
      const named = fitted(cut(row.call, call, "middle"), call);
      const by = cut(row.where, where, "middle");
      return cut(`  ${row.time.padStart(time)}  ${paint("cyan", named)}  ${by}`, width);
    }),
    ...last,
  ];
}

function failureLines({ names, failures }: WatchFrame, { width, paint, rows }: Section): string[] {
  if (rows < 2) return [];
  const total = names.reduce((sum, { failed }) => sum + failed, 0);
  const time = longest(failures.map((row) => row.time));
  return [
    paint("bold", cut("Failed: when, task, error", width)),
    ...limited(
      failures,
      rows - 1,
      Math.max(0, total - failures.length),
      ({ time: when, call, text }) => cut(`  ${when.padStart(time)}  ${paint("red", call)}: ${text}`, width),
    ),
  ];
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, stringWidth(text)), 0);
}

function fitted(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** A column of counts. */
interface CountColumn {
  readonly title: string;
  readonly of: (states: NameStates) => number;
  readonly style: Style | undefined;
}

/** Returns the table: its title, `rows` - 1 names or fewer, and the total. */
function table(all: readonly NameStates[], { width, paint, rows }: Section): string[] {
  const total = all.reduce(sum, { name: TOTAL, waiting: 0, ready: 0, running: 0, finished: 0, failed: 0 });
  const names = choose(all, rows - 1);
  const hidden = all.length - names.length;
  const more = hidden > 0 && rows > 2 ? [cut(`… and ${hidden} more task functions`, width)] : [];
  if (width < WIDE) {
    const counts = [...names, total].map((states) => `${states.finished}/${allOf(states)}`);
    const draw = (states: NameStates) => narrowRow(states, { width, paint, counts: longest(counts) });
    return [...names.map(draw), ...more, draw(total)];
  }
  const columns = columnsFor(total);
  const cells = columns.map(({ title, of }) => 2 + Math.max(title.length, String(of(total)).length));
  const left = width - cells.reduce((sum, cell) => sum + cell, 0);
  const longestName = longest([TOTAL, "Task name", ...names.map(({ name }) => name)]);
  const nameWidth = Math.min(longestName, Math.max(MIN_NAME, left - MIN_BAR - 4));
  const room = Math.min(MAX_BAR, left - nameWidth - 4);
  const bar = room < MIN_BAR ? 0 : room;
  const row = (name: string, bars: string, texts: readonly string[]) => fitted(name, nameWidth) + bars + texts.join("");
  const draw = (states: NameStates, nameStyle?: Style) => {
    const name = fitted(cut(states.name, nameWidth, "middle"), nameWidth);
    const texts = columns.map(({ of, style }, index) => {
      const padded = String(of(states)).padStart(cells[index] ?? 0);
      return of(states) === 0 ? paint("dim", padded) : style === undefined ? padded : paint(style, padded);
    });
    const bars = bar === 0 ? "" : `  [${barOf(states, bar, paint)}]`;
    return row(nameStyle === undefined ? name : paint(nameStyle, name), bars, texts);
  };
  const titles = columns.map(({ title }, index) => title.padStart(cells[index] ?? 0));
  const head = paint("bold", row("Task name", bar === 0 ? "" : " ".repeat(bar + 4), titles));
  return [...rows > 1 ? [head] : [], ...names.map((name) => draw(name)), ...more, draw(total, "bold")];
}

function columnsFor({ failed }: NameStates): readonly CountColumn[] {
  return [
    { title: "Finished", of: ({ finished }) => finished, style: "green" },
    { title: "Running", of: ({ running }) => running, style: "cyan" },
    ...failed === 0 ? [] : [{ title: "Failed", of: ({ failed }: NameStates) => failed, style: "red" } as const],
    { title: "Ready", of: ({ ready }) => ready, style: "yellow" },
    { title: "Waiting", of: ({ waiting }) => waiting, style: undefined },
  ];
}

function narrowRow(
  states: NameStates,
  { width, paint, counts }: Pick<Section, "width" | "paint"> & { counts: number },
) {
  const { running, failed } = states;
  const count = `${states.finished}/${allOf(states)}`.padStart(counts);
  const name = Math.max(MIN_NAME, Math.min(stringWidth(states.name), width - counts - 2));
  const parts = [
    ...failed > 0 ? [paint("red", `${failed} failed`)] : [],
    ...running > 0 ? [paint("cyan", `${running} running`)] : [],
  ];
  return cut(`${count}  ${cut(states.name, name, "middle")}  ${parts.join(", ")}`.trimEnd(), width);
}

function sum(total: NameStates, more: NameStates): NameStates {
  return {
    name: total.name,
    waiting: total.waiting + more.waiting,
    ready: total.ready + more.ready,
    running: total.running + more.running,
    finished: total.finished + more.finished,
    failed: total.failed + more.failed,
  };
}

function allOf({ waiting, ready, running, finished, failed }: NameStates): number {
  return waiting + ready + running + finished + failed;
}

/** Chooses the names to show if not all fit: with running tasks, then with failures, then unfinished ones. */
function choose(names: readonly NameStates[], room: number): readonly NameStates[] {
  if (names.length <= room) return names;
  const kept = new Set(names.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, Math.max(0, room - 1)));
  return names.filter((name) => kept.has(name));
}

function urgency(states: NameStates): number {
  if (states.running > 0) return 3;
  if (states.failed > 0) return 2;
  return states.finished < allOf(states) ? 1 : 0;
}

/**
 * Draws a bar with ASCII characters, which every terminal can show: finished, running, failed, and the rest. What there
 * is at all has at least one of them.
 */
function barOf({ finished, running, failed, ready, waiting }: NameStates, width: number, paint: Paint): string {
  const counts = [finished, running, failed, ready + waiting];
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return paint("dim", "-".repeat(width));
  const cells = counts.map((count) => count === 0 ? 0 : Math.max(1, Math.floor(count / all * width)));
  // The largest part gets what rounding has left over, or gives what the smallest parts have too much.
  const largest = counts.indexOf(Math.max(...counts));
  const left = width - cells.reduce((sum, cell) => sum + cell, 0);
  const [done = 0, busy = 0, broken = 0, rest = 0] = cells.map((cell, part) => part === largest ? cell + left : cell);
  return paint("green", "#".repeat(done)) + paint("cyan", ">".repeat(busy)) + paint("red", "x".repeat(broken)) +
    paint("dim", "-".repeat(rest));
}
