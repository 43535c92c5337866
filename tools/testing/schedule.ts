/**
 * Runs jobs in parallel.
 *
 * @module
 */
import type { Job } from "./jobs.ts";

/** Runs up to `width` jobs at a time in the given order, and then, one by one, the jobs that must run alone. */
export async function runJobs(
  jobs: readonly Job[],
  width: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const together = jobs.filter(({ isAlone }) => !isAlone).values();
  const lane = async () => {
    for (const job of together) await run(job);
  };
  await Promise.all(Array.from({ length: width }, lane));
  for (const job of jobs) if (job.isAlone) await run(job);
}
