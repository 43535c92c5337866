/**
 * Runs the processes of a test run, one per job, and reports how each ended.
 *
 * @module
 */
import { type Counts, countsIn } from "./counts.ts";

/** What one process runs: a test file, the examples of some pages, or the checks. */
export interface Job {
  readonly title: string;
  /** Checks contain no tests to count. */
  readonly kind: "tests" | "examples" | "checks";
  /** Arguments of `deno`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it must run with no other job beside it. */
  readonly isAlone: boolean;
  /** The job is killed if it takes longer than this. */
  readonly limitMinutes: number;
}

/** The result of a job. */
export interface Report {
  readonly job: Job;
  readonly seconds: number;
  /** All zero for checks. */
  readonly counts: Counts;
  /** Why the job failed; undefined if it succeeded. */
  readonly failure: string | undefined;
  /** Everything it printed, stdout and stderr together. */
  readonly output: string;
}

const root = new URL("../../", import.meta.url);

/** Runs a job until it ends. Calls `heard` with each piece of its output. */
export async function runJob(job: Job, heard: (text: string) => void): Promise<Report> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...job.args],
    cwd: root,
    env: { ...job.env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, job.limitMinutes * 60_000);
  let output = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      heard(text);
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const { code } = await child.status;
  clearTimeout(limit);
  // Do not wait for the output of a killed job: processes that it left behind may keep the pipes open forever.
  await (isLate ? undefined : reading);
  const seconds = (performance.now() - start) / 1000;
  if (isLate) output += `\nkilled after ${job.limitMinutes} minutes\n`;
  return { job, seconds, output, ...judge(job, code, output) };
}

function judge(job: Job, code: number, output: string): Pick<Report, "counts" | "failure"> {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (job.kind === "checks") return { counts: none, failure: code === 0 ? undefined : "the checks failed" };
  const counts = countsIn(output) ?? none;
  if (counts.failed > 0) return { counts, failure: `${counts.failed} failed` };
  // No test failed, but something else did, such as loading the file. Count it as one failure.
  const reason = code !== 0
    ? `exit status ${code}`
    : job.kind === "tests" && counts.passed + counts.skipped === 0
    ? "it contains no tests"
    : undefined;
  return { counts: reason === undefined ? counts : { ...counts, failed: 1 }, failure: reason };
}
