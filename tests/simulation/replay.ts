/**
 * Runs one seed and prints the outcome:
 * `deno run -A tests/simulation/replay.ts SEED [--trace] [--shrink] [--plan] [--planted NAME]`.
 *
 * `--shrink` removes events, processes and tasks as long as the plan still fails, and runs the rest.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { plant, REAL_MODULE } from "./code_copy.ts";
import { plantedBugs } from "./planted_bugs.ts";
import { describe } from "./run/happen.ts";
import type { Plan } from "./run/plan.ts";
import { startPool } from "./run/pool.ts";
import { planOf } from "./run/scenarios.ts";
import { shrink } from "./run/shrink.ts";
import { simulate } from "./run/simulation.ts";
import { NO_TRACE, tracing } from "./run/trace.ts";

function summary({ seed, scenario, mount, hosts, processes, tasks, events, strategy }: Plan): string {
  const lines = [
    `seed ${seed}: ${scenario}, ${tasks.length} tasks, ${strategy.kind}, mount ${JSON.stringify(mount)}`,
    ...hosts.map(({ name, rate }) => `  host ${name}: its clock runs at ${rate.toFixed(2)}`),
    ...processes.map(({ id, host, leaseMs, stage, members }) =>
      `  ${id} on ${host}, stage ${stage}, lease ${leaseMs}: ${members.map(({ kind }) => kind).join(", ")}`
    ),
    ...events.map(({ process, trigger, happening }) =>
      `  event at ${process}: ${describe(happening)}, ${JSON.stringify(trigger)}`
    ),
  ];
  return lines.join("\n");
}

async function moduleOf(planted: string | undefined): Promise<string> {
  if (planted === undefined) return REAL_MODULE;
  const found = (await plantedBugs()).find(({ name }) => name === planted);
  if (found === undefined) throw new Error(`there is no planted bug "${planted}"`);
  return plant(found.bug).module;
}

/** Parses a seed, a whole number. Anything else would run a plan that cannot be named. */
function readSeed(text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  console.error("usage: replay.ts SEED [--trace] [--shrink] [--plan] [--planted NAME]; SEED is a whole number");
  Deno.exit(2);
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    trace: { type: "boolean" },
    shrink: { type: "boolean" },
    plan: { type: "boolean" },
    planted: { type: "string" },
  },
});
const seed = readSeed(positionals[0]);
const module = await moduleOf(values.planted);
using pool = await startPool();
const { threads } = pool;
let plan = planOf(seed);
if (values.shrink) plan = shrink(plan, (smaller) => simulate(smaller, { module, threads, trace: NO_TRACE }).problem);
console.log(values.plan ? JSON.stringify(plan, undefined, 2) : summary(plan));
const trace = values.trace ? tracing((line) => console.log(line)) : NO_TRACE;
const { problem, operations, simulatedMs } = simulate(plan, { module, threads, trace });
console.log(`${operations} operations, ${(simulatedMs / 1000).toFixed(1)} s: ${problem ?? "all is well"}`);
Deno.exit(problem === undefined ? 0 : 1);
