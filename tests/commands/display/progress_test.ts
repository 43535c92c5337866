import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { layOut } from "../../../commands/display/layout.ts";
import { LiveBlock } from "../../../commands/display/live_block.ts";
import { TaskLines } from "../../../commands/display/task_lines.ts";
import { openDisplay } from "../../../commands/run/execute_display.ts";
import type { CommandContext, Verbosity } from "../../../commands/cli/command.ts";
import { NameCounts } from "../../../engine/graph/name_counts.ts";
import type { NameCount } from "../../../engine/graph/name_counts.ts";
import { Progress } from "../../../engine/progress/progress.ts";
import { ProgressLines } from "../../../engine/progress/progress_text.ts";
import { durationText, measuredText, rateText } from "../../../engine/progress/throughput.ts";
import { fakeHost } from "../../support/fake_host.ts";

function nameCount(name: string, total: number, others: Partial<NameCount> = {}): NameCount {
  return { name, total, claimed: 0, held: 0, finished: 0, failed: 0, found: 0, ...others };
}

function view(names: readonly NameCount[], running: readonly string[] = [], loading = false) {
  return { names, running, begun: [], held: [], barrier: undefined, loading, hasBegun: true };
}

const NOTHING = new Map<string, { readonly count: number }>();

Deno.test("counts by name follow the state of each task, and takeChanged() returns only changed names", () => {
  const counts = new NameCounts();
  const first = counts.add("a", "unchecked");
  counts.add("a", "unchecked");
  const other = counts.add("b", "unchecked");
  counts.move(first, "unchecked", "finished");
  counts.move(other, "unchecked", "ready");
  assert.deepEqual(counts.takeChanged(), [
    nameCount("a", 2, { finished: 1, found: 1 }),
    nameCount("b", 1),
  ]);
  assert.deepEqual(counts.takeChanged(), []);
  counts.move(other, "ready", "claimed");
  counts.move(other, "claimed", "failed");
  assert.deepEqual(counts.takeChanged(), [nameCount("b", 1, { failed: 1 })]);
});

Deno.test("with several workers, running tasks add up, and other counts come from the best informed one", () => {
  const progress = new Progress(() => 0);
  progress.view(0, view([nameCount("a", 10, { claimed: 1, held: 2, finished: 4 }), nameCount("b", 2)], ["a(1)"]));
  progress.view(1, view([nameCount("a", 10, { claimed: 1, finished: 5, failed: 1 })], ["a(2)"]));
  progress.note(1, "a(2)", 0.4, "half way");
  const now = progress.look(new Map([["a", { count: 3 }]]));
  assert.deepEqual(now.names, [
    { name: "a", total: 10, finished: 5, failed: 1, running: 2, elsewhere: 2 },
    { name: "b", total: 2, finished: 0, failed: 0, running: 0, elsewhere: 0 },
  ]);
  assert.deepEqual([now.total, now.finished, now.here, now.running, now.loading], [12, 5, 3, 2, false]);
  assert.deepEqual(now.calls.map(({ call, note }) => [call, note]), [["a(1)", undefined], ["a(2)", "half way"]]);
  progress.rest(1);
  assert.deepEqual(progress.look(NOTHING).calls.map(({ call }) => call), ["a(1)"]);
});

Deno.test("the rate counts tasks finished in this run, not results found, and yields the time left", () => {
  let time = 0;
  const progress = new Progress(() => time);
  const look = (finished: number, found: number) => {
    progress.view(0, view([nameCount("a", 100, { finished, found })]));
    return progress.look(NOTHING);
  };
  assert.equal(look(40, 40).perSecond, undefined);
  time = 5000;
  assert.deepEqual([look(60, 50).perSecond, look(60, 50).leftMs], [2, 20_000]);
  // No task finishes for a while: the rate of the window drops; with an empty window, that of the whole run counts.
  time = 20_000;
  assert.equal(look(60, 50).perSecond, 0.5);
  time = 35_001;
  look(60, 50);
  time = 100_000;
  assert.equal(look(60, 50).perSecond, 0.1);
});

Deno.test("rates and durations are shown in a suitable unit", () => {
  assert.deepEqual([1234.5, 12.34, 3.46, 0.5, 0.01, 0.0001].map(rateText), [
    "1235/s",
    "12/s",
    "3.5/s",
    "30/min",
    "36/h",
    "0.4/h",
  ]);
  assert.deepEqual([1, 99_000, 600_000, 7_800_000, 7_200_000, 273_600_000].map(durationText), [
    "1 s",
    "99 s",
    "10 min",
    "2 h 10 min",
    "2 h",
    "3 d 4 h",
  ]);
});

Deno.test("measured durations keep their seconds up to 100 minutes", () => {
  assert.deepEqual([0.4217, 98_060, 99_960, 120_000, 5_999_000, 6_000_000, 7_800_000].map(measuredText), [
    "0.422 ms",
    "98.1 s",
    "1 min 40 s",
    "2 min",
    "99 min 59 s",
    "1 h 40 min",
    "2 h 10 min",
  ]);
});

Deno.test("a line of progress shows counts and running tasks, and is not repeated unchanged", () => {
  const progress = new Progress(() => 0);
  const lines = new ProgressLines();
  const next = () => lines.next(progress.look(new Map([["m.f", { count: 2 }]])));
  assert.equal(next(), "loading the jugfile");
  const early = new Progress(() => 0);
  early.view(0, { ...view([], [], true), hasBegun: false });
  assert.equal(new ProgressLines().next(early.look(NOTHING)), "the jugfile is loading its modules");
  progress.view(0, view([nameCount("m.f", 9, { finished: 3, claimed: 3, failed: 1 })], ["m.f(1)", "m.f(2)", "m.f(3)"]));
  progress.note(0, "m.f(1)", 0.5, undefined);
  assert.equal(next(), "3 of 9 finished (2 here), running m.f(1) (50 %), m.f(2) and 1 more, 1 failed");
  assert.equal(next(), undefined);
  progress.view(0, view([], [], true));
  assert.equal(
    next(),
    "3 of 9 or more finished (2 here), the jugfile waits at an await that is not a barrier, 1 failed",
  );
});

/** Returns the progress of tasks with names of many lengths, one with wide characters, in different states. */
function manyNames(count: number): Progress {
  let time = 0;
  const progress = new Progress(() => time);
  const names = Array.from(
    { length: count },
    (_, i) =>
      nameCount(i === 1 ? "module.素数を判定する関数のための関数" : `module.${"f".repeat(i * 5 + 1)}`, 100_000, {
        finished: i * 10_000,
        claimed: i % 2,
        failed: i % 3,
      }),
  );
  progress.view(0, view(names, ["module.f(1)"], true));
  progress.look(NOTHING);
  time = 2000;
  progress.view(0, view([nameCount("module.f", 100_000, { finished: 10_000 })]));
  return progress;
}

Deno.test("at any size of the terminal no line is wider than it, and no more lines are drawn than fit", async () => {
  const { default: stringWidth } = await import("npm:string-width@8");
  for (const count of [1, 4, 30]) {
    const now = manyNames(count).look(NOTHING);
    for (let columns = 20; columns <= 120; columns++) {
      for (const rows of [2, 3, 5, 24]) {
        const lines = layOut(now, { columns, rows, color: true });
        for (const line of lines) assert.ok(stringWidth(line) < columns, `${columns} columns: ${line}`);
        assert.ok(lines.length < rows, `${rows} rows, ${lines.length} lines`);
        assert.match(stripVTControlCharacters(lines.at(-1) ?? ""), /^total? /);
      }
    }
  }
});

Deno.test("80 columns have room for bars, 40 columns only for counts", () => {
  let time = 0;
  const progress = new Progress(() => time);
  const told = (finished: number) =>
    view([
      nameCount("primes.isPrime", 99, { finished, claimed: 2, failed: 1 }),
      nameCount("primes.count", 1),
    ], ["primes.isPrime(7)"]);
  progress.view(0, told(0));
  progress.look(NOTHING);
  time = 4000;
  progress.view(0, told(48));
  progress.note(0, "primes.isPrime(7)", 0.25, undefined);
  const now = progress.look(NOTHING);
  assert.deepEqual(layOut(now, { columns: 80, rows: 24, color: false }), [
    "primes.isPrime  [############-------------]   48/99  1 failed, 2 running, 25 %",
    "primes.count    [-------------------------]     0/1",
    "total           [############-------------]  48/100  1 failed, 12/s, 5 s left",
  ]);
  assert.deepEqual(layOut(now, { columns: 40, rows: 24, color: false }), [
    "prime…rime   48/99  1 failed, 2 running",
    "prime…ount     0/1",
    "total       48/100  12/s, 5 s left",
  ]);
  const colored = layOut(now, { columns: 80, rows: 24, color: true });
  assert.ok(colored[0]?.includes("\x1b[31m1 failed\x1b["));
  assert.deepEqual(colored.map(stripVTControlCharacters), layOut(now, { columns: 80, rows: 24, color: false }));
});

/** Erases the current line. */
const ERASED = "\r\x1b[2K";
/** Moves up one line and erases it. */
const ABOVE = `\x1b[A${ERASED}`;

Deno.test("a block is erased at its full height, even if the terminal has become narrower", () => {
  let [written, columns] = ["", 80];
  const block = new LiveBlock({ write: (text) => void (written += text), columns: () => columns });
  block.draw(["a".repeat(70), "b"]);
  assert.equal(written, `${"a".repeat(70)}\nb\n`);
  written = "";
  columns = 40;
  block.draw(["c"]);
  assert.equal(written, `${ERASED}${ABOVE}${ABOVE}${ABOVE}c\n`);
  written = "";
  block.erase();
  block.erase();
  assert.equal(written, ERASED + ABOVE);
});

Deno.test("task output is shown in whole lines that begin with the task, and cannot move the cursor", () => {
  const lines = new TaskLines();
  assert.equal(lines.add("stdout", "one\ntwo\nthr", "m.f(1)"), "m.f(1) | one\nm.f(1) | two\n");
  assert.equal(lines.add("stdout", "10 %\r20 %\r\n", "m.f(2)"), "m.f(2) | 20 %\n");
  assert.equal(lines.add("stdout", "ee\n", "m.f(1)"), "m.f(1) | three\n");
  assert.equal(lines.add("stderr", "\x1b[2J\x1b[1;1H\x1b[31mred\n", "m.f(1)"), "m.f(1) | \x1b[31mred\x1b[0m\n");
  assert.equal(lines.add("stdout", "top level\n", undefined), "top level\n");
  assert.equal(lines.add("stderr", "no end", "m.f(1)"), "");
  assert.deepEqual([...lines.rest()], [["stderr", "m.f(1) | no end\n"]]);
});

function contextWith(changes: Partial<CommandContext> & { verbosity: Verbosity }) {
  const host = fakeHost();
  const context: CommandContext = {
    ...host,
    jugfile: "primes.ts",
    jugdir: "memory:",
    args: [],
    say: (line) => changes.verbosity === "quiet" ? undefined : host.stderr(`${line}\n`),
    debug: () => {},
    openBackend: () => Promise.reject(new Error("not here")),
    inspect: () => Promise.reject(new Error("not here")),
    ...changes,
  };
  return { context, written: host.written };
}

Deno.test("task output goes to a file unchanged; lines on a terminal name their task; quiet hides them", async () => {
  for (
    const [liveStdout, verbosity, stdout] of [
      [false, "info", "half a li"],
      [true, "info", "m.f(1) | half a li\n"],
      [true, "quiet", ""],
    ] as const
  ) {
    const { context, written } = contextWith({ liveStdout, verbosity });
    const display = await openDisplay(context);
    assert.equal(display.watch === undefined, verbosity !== "quiet");
    display.output("stdout", "half a li", "m.f(1)");
    display.warn("seen in any case");
    display.close();
    assert.deepEqual(written, { stdout, stderr: "jug: seen in any case\n" });
  }
});

Deno.test("the progress lines are redrawn below messages, and leave nothing behind", async () => {
  const { context, written } = contextWith({ liveStderr: true, liveStdout: true, verbosity: "info" });
  let time = 0;
  const display = await openDisplay({ ...context, now: () => new Date(time) });
  display.say("before");
  display.watch?.(new Progress(() => 0).look(NOTHING));
  time = 100;
  display.warn("between");
  display.close();
  display.say("after");
  assert.equal(
    written.stderr,
    `before\nloading the jugfile\n${ERASED}${ABOVE}jug: between\nloading the jugfile\n${ERASED}${ABOVE}after\n`,
  );
  const dumb = await openDisplay({ ...context, env: () => "dumb" });
  assert.equal(dumb.watch, undefined);
});
