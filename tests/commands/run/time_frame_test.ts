import assert from "node:assert/strict";
import { JugError } from "../../../core/errors.ts";
import { endingOptions } from "../../../commands/run/ending_options.ts";
import { pointInTime } from "../../../commands/run/point_in_time.ts";
import { readStopRules } from "../../../commands/run/stop_rules.ts";
import { timeFrame } from "../../../commands/run/time_frame.ts";

const STARTED = Date.parse("2026-03-05T12:00:00Z");
const NOW = STARTED + 2000;

/** Returns the time of a process with these options and variables; `asked` are the programs that it ran. */
async function frame(
  values: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
  answer?: string,
) {
  const asked: string[] = [];
  const said: string[] = [];
  const found = await timeFrame(endingOptions(values), variables["NO"] === undefined, {
    env: (name) => variables[name],
    now: () => new Date(NOW),
    say: (line) => void said.push(line),
    started: STARTED,
    ask: (program, args) => {
      asked.push([program, ...args].join(" "));
      return Promise.resolve(answer);
    },
  });
  return { found, asked, said };
}

Deno.test("--time counts from the start of the process, --deadline is absolute, and the earliest end counts", async () => {
  assert.equal((await frame({})).found, undefined);
  assert.deepEqual((await frame({ time: "90s" })).found, { end: STARTED + 90_000, by: "--time 90s" });
  const deadline = "2026-03-05T12:01:00Z";
  assert.deepEqual((await frame({ deadline })).found, { end: STARTED + 60_000, by: `--deadline ${deadline}` });
  assert.equal((await frame({ deadline, time: "90s" })).found?.end, STARTED + 60_000);
  assert.equal((await frame({ deadline, time: "30s" })).found?.end, STARTED + 30_000);
});

Deno.test("a deadline in the past, and a text that is none, are refused", async () => {
  await assert.rejects(frame({ deadline: "2026-03-05T12:00:01Z" }), (error) => {
    return error instanceof JugError && error.kind === "usage" && /in the past/.test(error.message);
  });
  for (const text of ["tomorrow", "2026-13-01T00:00", "2026-03-05", "18:00", ""]) {
    assert.throws(() => pointInTime(text, "option '--deadline'"), /option '--deadline' cannot be/, text);
  }
  assert.equal(pointInTime("2026-03-05 12:00+01:00", ""), STARTED - 3_600_000);
});

Deno.test("the end of a Slurm job is taken from its variable, or else squeue is asked once", async () => {
  const id = { SLURM_JOB_ID: "42" };
  const end = { ...id, SLURM_JOB_END_TIME: String(STARTED / 1000 + 600) };
  const known = await frame({}, end);
  assert.deepEqual([known.found?.end, known.asked], [STARTED + 600_000, []]);
  assert.deepEqual(known.said, ["the Slurm job ends in 10 min: no task begins that takes longer"]);
  const asked = await frame({}, id, "5:00\n");
  assert.deepEqual([asked.found?.end, asked.asked], [NOW + 300_000, ["squeue -h -j 42 -o %L"]]);
  const shorter = await frame({ time: "1m" }, end);
  assert.deepEqual([shorter.found?.by, shorter.said], ["--time 1m", []]);
  for (const answer of [undefined, "UNLIMITED\n", "INVALID\n", "", "slurm_load_jobs error"]) {
    assert.equal((await frame({}, id, answer)).found, undefined, answer);
  }
  // With --no-check-environment, nothing is looked for. A variable of another form is left alone.
  assert.deepEqual((await frame({}, { ...end, NO: "1" })).found, undefined);
  assert.deepEqual((await frame({}, { SLURM_JOB_ID: "1; rm -r /", SLURM_JOB_END_TIME: "soon" })).asked, []);
});

Deno.test("JUG_MAX_SECONDS and the like count from the start of the process", () => {
  const context = {
    env: (name: string) => ({ JUG_MAX_SECONDS: "30", JUG_MAX_MINUTES: "1" })[name],
    mayRead: () => false,
  };
  assert.equal(readStopRules(context, true, STARTED).deadline, STARTED + 90_000);
  assert.equal(readStopRules(context, false, STARTED).deadline, undefined);
});
