import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "npm:string-width@8";
import { plainLine } from "../../../commands/display/plain.ts";
import { layOutWatch, type WatchFrame } from "../../../commands/display/watch_layout.ts";
import type { NameStates } from "../../../engine/analysis/live_states.ts";

function states(name: string, counts: Partial<NameStates> = {}): NameStates {
  return { name, waiting: 0, ready: 0, running: 0, finished: 0, failed: 0, ...counts };
}

const FRAME: WatchFrame = {
  names: [
    states("primes.isPrime", { finished: 50, running: 2, failed: 1, ready: 47 }),
    states("primes.count", { waiting: 10 }),
  ],
  summary: ["50 of 110 finished (45 %)", "4/s", "15 s left", "elapsed 13 s", "1 process"],
  notice: undefined,
  running: [
    { call: "primes.isPrime(53)", time: "2 s", where: "node7:4711.0" },
    { call: "primes.isPrime(54)", time: "1 s", where: "node7:4711.1" },
  ],
  queued: 0,
  failures: [{ call: "primes.isPrime(7)", text: "RangeError: seven is refused", time: "12 s ago" }],
};

/** A frame with much of everything. */
const LARGE: WatchFrame = {
  names: Array.from(
    { length: 30 },
    (_, n) =>
      states(`genomes.annotateEverything素数${n}`, { finished: n * 1000, waiting: 10, running: n === 17 ? 1 : 0 }),
  ),
  summary: FRAME.summary,
  notice: "more tasks may follow the barrier at genomes.ts:17",
  running: Array.from({ length: 100 }, (_, n) => ({
    call: `genomes.annotate(${"🚀".repeat(n)})`,
    time: `${n} min`,
    where: `a-host-with-a-long-name.example.org:${n}.0`,
  })),
  queued: 400,
  failures: Array.from(
    { length: 20 },
    (_, n) => ({ call: `genomes.f(${n})`, text: "x".repeat(n * 10), time: "1 s ago" }),
  ),
};

function area(columns: number, rows: number, color = false) {
  return { columns, rows, color };
}

Deno.test("at 80 columns each function has a bar and all counts, above the running tasks and the failures", () => {
  assert.deepEqual(layOutWatch(FRAME, area(80, 24)), [
    "Task name                             Finished  Running  Failed  Ready  Waiting",
    "primes.isPrime  [########>x--------]        50        2       1     47        0",
    "primes.count    [------------------]         0        0       0      0       10",
    "Total:          [########>x--------]        50        2       1     47       10",
    "50 of 110 finished (45 %), 4/s, 15 s left, elapsed 13 s, 1 process",
    "Running: since, task, by (host:process.thread)",
    "  2 s  primes.isPrime(53)  node7:4711.0",
    "  1 s  primes.isPrime(54)  node7:4711.1",
    "Failed: when, task, error",
    "  12 s ago  primes.isPrime(7): RangeError: seven is refused",
  ]);
});

Deno.test("below 60 columns there are only the most important counts, without bars", () => {
  assert.deepEqual(layOutWatch(FRAME, area(40, 24)).slice(0, 4), [
    "50/100  primes.isPrime  1 failed, 2 ru…",
    "  0/10  primes.count",
    "50/110  Total:  1 failed, 2 running",
    "50 of 110 finished (45 %), 4/s",
  ]);
});

Deno.test("at any size no line is wider than the terminal, and the last row is left to the cursor", () => {
  for (const frame of [FRAME, LARGE]) {
    for (let columns = 20; columns <= 140; columns += 12) {
      for (let rows = 2; rows <= 60; rows += rows < 12 ? 1 : 8) {
        const lines = layOutWatch(frame, area(columns, rows));
        assert.ok(lines.length <= rows - 1, `${rows} rows:\n${lines.join("\n")}`);
        for (const line of lines) assert.ok(stringWidth(line) < columns, `${columns} columns:\n${line}`);
        const coloured = layOutWatch(frame, area(columns, rows, true));
        if (columns === 80) assert.deepEqual(coloured.map(stripVTControlCharacters), lines);
      }
    }
  }
});

Deno.test("with few rows the most important lines are shown, and how many are not", () => {
  const lines = layOutWatch(LARGE, area(80, 18));
  assert.equal(lines.length, 17);
  const text = lines.join("\n");
  // The function with a running task is shown, although it is the eighteenth.
  assert.match(text, /^genomes\.annotateEveryt\S*17 .* 17000 +1 /m);
  assert.match(text, /^… and \d+ more task functions$/m);
  assert.match(text, /^Total: /m);
  assert.match(text, /^50 of 110 finished/m);
  assert.match(text, /^more tasks may follow the barrier/m);
  assert.match(text, /^… and 9\d more$/m);
  assert.match(text, /^… and 400 that were claimed together with these$/m);
  // Nothing has failed as far as the counts tell, but failures are listed.
  assert.match(text, /^ {2}1 s ago {2}genomes\.f\(0\)/m);
  const few = layOutWatch(LARGE, area(80, 5));
  assert.match(
    few.join("\n"),
    /^… and \d+ more task functions\nTotal: .*\n50 of 110 .*\nmore tasks may follow|^Total: /m,
  );
  assert.deepEqual(layOutWatch(LARGE, area(80, 2)).length, 1);
});

Deno.test("a bar is full only if everything is finished, and shows a single failed or running task", () => {
  const bar = (counts: Partial<NameStates>) => {
    const [, line = ""] = layOutWatch({ ...FRAME, names: [states("a.b", counts)] }, area(100, 20));
    return /\[(.*)\]/.exec(line)?.[1] ?? line;
  };
  assert.equal(bar({ finished: 9 }), "#".repeat(30));
  assert.equal(bar({ finished: 9999, ready: 1 }), `${"#".repeat(29)}-`);
  assert.equal(bar({ finished: 9999, failed: 1 }).replace(/#+/, "#"), "#x");
  assert.equal(bar({ finished: 1, running: 1, ready: 99_998 }), `#>${"-".repeat(28)}`);
  assert.equal(bar({}), "-".repeat(30));
});

Deno.test("text from a store cannot control the terminal", () => {
  assert.equal(plainLine("a\x1b[2Jb\nc\rd\u202ee\u2028f\x07g\x9b1A"), "ab c d e f g");
});
