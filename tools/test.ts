/**
 * Runs the tests, examples and checks; `deno task test` and its variants start it.
 *
 * ```sh
 * deno task test                  # the checks, and every test but the slow ones
 * deno task test --unit           # the checks, and the tests that start no process: under a minute
 * deno task test tests/nfs …      # test files, pages and modules, or all those in a folder
 * deno task test:slow             # rigs and long campaigns
 * ```
 *
 * Prints one line per file, the whole output of each file that failed, and at the end one line of counts.
 * tools/testing/tiers.ts assigns files to tiers. The exit status is 0 if all is well, 1 if something failed, and 2 for
 * an unknown name or option.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { countsLine, NONE, sum } from "./testing/counts.ts";
import { type Job, type Report, runJob } from "./testing/jobs.ts";
import { runJobs } from "./testing/schedule.ts";
import { type Choice, known, select } from "./testing/selection.ts";

const USAGE = `usage: deno task test [--unit | --slow] [--jobs N] [NAME…]
  --unit    the checks, and the tests that start no process
  --slow    rigs and long campaigns (deno task test:slow)
  --jobs N  how many files run at a time; default: one for each core, and one more
  NAME      test files, pages and modules with examples, or folders of them`;

/** One more than the number of cores, since tests wait for processes to start and for leases to end. */
const WIDTH = navigator.hardwareConcurrency + 1;

/** The interval at which a file that is still running is mentioned. */
const STILL_RUNNING_MS = 60_000;

/** Prints the reason and exits. It does not throw: the stack trace would not help. */
function refuse(reason: string): never {
  console.error(`test: ${reason}\n${USAGE}`);
  Deno.exit(2);
}

function readArguments(): { choice: Choice; width: number } {
  try {
    const { values, positionals: names } = parseArgs({
      options: { unit: { type: "boolean" }, slow: { type: "boolean" }, jobs: { type: "string" } },
      allowPositionals: true,
    });
    const { unit = false, slow = false, jobs = String(WIDTH) } = values;
    if ([unit, slow, names.length > 0].filter(Boolean).length > 1) refuse("a tier or names, not both");
    if (!/^[1-9]\d*$/.test(jobs)) refuse(`--jobs takes a whole number, 1 or more, not ${jobs}`);
    const tier = unit ? "unit" : slow ? "slow" : "main";
    return { choice: names.length > 0 ? { kind: "names", names } : { kind: tier }, width: Number(jobs) };
  } catch (error) {
    if (error instanceof TypeError) refuse(error.message);
    throw error;
  }
}

function jobsFor(choice: Choice): readonly Job[] {
  const selection = select(choice);
  if (selection.kind === "jobs") return selection.jobs;
  const { name } = selection;
  refuse(`there is no test and no example at ${name}. There are:\n  ${known().join(" ")}`);
}

/** Runs a job and prints its result. If it is the only job, prints its output as it comes. */
async function runAndTell(job: Job, isOnlyOne: boolean): Promise<Report> {
  const heard = (text: string) => void (isOnlyOne && Deno.stdout.writeSync(new TextEncoder().encode(text)));
  const start = performance.now();
  const minutes = () => Math.round((performance.now() - start) / 60_000);
  const timer = setInterval(() => console.log(`…       ${job.title} (${minutes()} min so far)`), STILL_RUNNING_MS);
  const report = await runJob(job, heard);
  clearInterval(timer);
  const { counts, failure, seconds, output } = report;
  const words = job.kind === "checks" ? [] : [`${counts.passed} passed`];
  if (counts.skipped > 0) words.push(`${counts.skipped} skipped`);
  words.push(...(failure === undefined ? [] : [failure]), `${seconds.toFixed(1)} s`);
  if (failure !== undefined && !isOnlyOne) console.log(`\n${output.trim()}`);
  console.log(`${failure === undefined ? "ok    " : "FAILED"}  ${job.title} (${words.join(", ")})`);
  for (const [, name] of output.matchAll(/^\s*(.*) \.\.\. ignored/gm)) console.log(`skipped   ${name}`);
  return report;
}

const { choice, width } = readArguments();
const jobs = jobsFor(choice);
const reports: Report[] = [];
const start = performance.now();
await runJobs(jobs, width, async (job) => void reports.push(await runAndTell(job, jobs.length === 1)));

const failed = reports.filter(({ failure }) => failure !== undefined);
const counts = reports.map((report) => report.counts).reduce(sum, NONE);
const isEmpty = counts.passed + counts.failed + counts.skipped === 0;
console.log(`\n${Math.round((performance.now() - start) / 1000)} s, ${width} at a time`);
for (const { job, failure } of failed) console.log(`FAILED  ${job.title} (${failure})`);
if (isEmpty) console.log("FAILED  no test was run");
console.log(countsLine(counts));
Deno.exit(failed.length > 0 || isEmpty ? 1 : 0);
