import assert from "node:assert/strict";
import { JugError } from "../../../core/errors.ts";
import { endingOptions, graceOf } from "../../../commands/run/ending_options.ts";
import { timeSpan } from "../../../commands/run/time_span.ts";

Deno.test("a length of time is written with units, the largest first", () => {
  const spans: Record<string, number> = {
    "2h30m": 9_000_000,
    "90s": 90_000,
    "0.5s": 500,
    "1d": 86_400_000,
    "1d2h3m4s5ms": 93_784_005,
    "400ms": 400,
    "2m": 120_000,
    "0s": 0,
  };
  for (const [text, ms] of Object.entries(spans)) assert.equal(timeSpan(text, "option '--time'"), ms, text);
});

Deno.test("other texts are refused, with what to write", () => {
  const remedies: Record<string, string> = {
    "90": "Write the unit: 90s, 90m or 90h",
    "": "Write numbers with units",
    "soon": "Write numbers with units",
    "30m2h": "Write numbers with units",
    "-5s": "Write numbers with units",
    "1e3s": "Write numbers with units",
    "400d": "Write numbers with units",
  };
  for (const [text, remedy] of Object.entries(remedies)) {
    assert.throws(() => timeSpan(text, "option '--time'"), (error) => {
      assert(error instanceof JugError && error.kind === "usage");
      assert.match(error.message, /^option '--time' cannot be /);
      assert(error.message.includes(remedy), error.message);
      return true;
    }, text);
  }
});

Deno.test("--idle is --nr-wait-cycles times --wait-cycle-time", () => {
  assert.equal(endingOptions({}).idleMs, 1_800_000);
  assert.equal(endingOptions({ nrWaitCycles: "3", waitCycleTime: "0.5" }).idleMs, 1500);
  assert.equal(endingOptions({ idle: "2m" }).idleMs, 120_000);
});

Deno.test("the grace period depends on the signal and on who sends it, unless --grace says otherwise", () => {
  const grace = (signal: string, graceMs?: number, variables: Record<string, string> = {}) =>
    graceOf(signal, { ...endingOptions({}), graceMs }, { env: (name) => variables[name] });
  assert.deepEqual([grace("SIGTERM"), grace("SIGUSR1"), grace("SIGHUP")], [8000, 8000, 8000]);
  assert.equal(grace("SIGTERM", undefined, { SLURM_JOB_ID: "7" }), 25_000);
  assert.equal(grace("SIGTERM", undefined, { KUBERNETES_SERVICE_HOST: "10.0.0.1" }), 25_000);
  assert.equal(grace("SIGTERM", 60_000, { SLURM_JOB_ID: "7" }), 60_000);
  assert.deepEqual([grace("SIGINT"), grace("SIGINT", 60_000), grace("SIGINT", 0)], [1000, 1000, 0]);
});
