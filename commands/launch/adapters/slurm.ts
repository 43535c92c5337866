/**
 * Slurm: job arrays.
 *
 * @module
 */
import { clockSeconds } from "../../run/time_span.ts";
import type { Adapter, Job, Launch, Limits } from "../job.ts";
import { JOB_NAME } from "../job_name.ts";
import { jobScript } from "../job_script.ts";
import { shellWords } from "../shell_word.ts";
import { clockText, linesOf, order, unexpected } from "./output.ts";

/** Slurm's default, if the site's own limit is unknown. */
const USUAL_ARRAY = 1001;

/** Returns the adapter. */
export function slurm(launch: Launch): Adapter {
  return {
    submit({ count }) {
      const options = optionsOf(launch, count);
      const script = jobScript(launch, {
        id: "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}",
        submitted: shellWords(["sbatch", ...options]),
      });
      return {
        script,
        check: order(["sbatch", "--test-only", ...options], { stdin: script }),
        calls: [{
          argv: ["sbatch", "--parsable", ...options],
          stdin: script,
          read: ({ stdout }) => elementsOf(stdout, count),
        }],
      };
    },
    count: () => [{
      argv: [
        ...["squeue", "--noheader", "--me", "--array"],
        ...[`--name=${launch.names.join(",")}`, "--format=%i|%j|%T|%M|%R"],
      ],
      read: ({ stdout }) => jobsOf(stdout),
    }],
    cancel: (names, ending) =>
      names.map((name) => {
        const which = ["--me", `--name=${name}`];
        switch (ending) {
          case "waiting":
            return order(["scancel", "--state=PENDING", ...which]);
          case "drain":
            // Only the script itself gets the signal. Without --batch, Slurm would also signal its steps.
            return order(["scancel", "--state=RUNNING", "--batch", "--signal=TERM", ...which]);
          case "all":
            return order(["scancel", ...which]);
        }
      }),
    limits: () => ({ argv: ["scontrol", "show", "config"], read: ({ stdout }) => limitsOf(stdout) }),
    log: (id) => `${launch.logs}/${launch.name}.${id}.log`,
  };
}

function optionsOf({ name, logs, seconds, grace, workers, extra }: Launch, count: number): string[] {
  return [
    `--job-name=${name}`,
    `--array=0-${count - 1}`,
    // In file names of Slurm, % begins a pattern.
    `--output=${logs.replaceAll("%", "%%")}/${name}.%A_%a.log`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:TERM@${grace}`,
    ...seconds === undefined ? [] : [`--time=${clockText(seconds)}`],
    ...workers === undefined || workers === 1 ? [] : [`--cpus-per-task=${workers}`],
    ...extra,
  ];
}

/** Reads what `sbatch --parsable` wrote: the id of the array, and a cluster's name if there are several. */
export function elementsOf(text: string, count: number): string[] {
  const [, id] = /^\s*(\d+)(?:;\S+)?\s*$/.exec(text) ?? [];
  if (id === undefined) throw unexpected("sbatch", text);
  return Array.from({ length: count }, (_, index) => `${id}_${index}`);
}

/** States of jobs that will run, perhaps again. */
const WAITING = new Set([
  ...["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"],
  ...["SUSPENDED", "STOPPED"],
]);
const RUNNING = new Set(["RUNNING", "RESIZING", "SIGNALING", "STAGE_OUT"]);

/** Reads what squeue wrote. */
export function jobsOf(text: string): Job[] {
  return linesOf(text).map((line): Job => {
    const [id = "", name = "", state = "", time = "", ...place] = line.split("|");
    if (!/^\d+(?:_\d+)?$/.test(id) || !JOB_NAME.test(name) || !/^[A-Z_]+$/.test(state)) {
      throw unexpected("squeue", line);
    }
    return {
      ...{ id, name, seconds: clockSeconds(time), note: place.join("|") },
      state: WAITING.has(state) ? "waiting" : RUNNING.has(state) ? "running" : "ending",
    };
  });
}

/** Reads what scontrol wrote. */
export function limitsOf(text: string): Limits {
  const [, digits] = /^\s*MaxArraySize\s*=\s*(\d{1,9})\s*$/m.exec(text) ?? [];
  // The highest index is one less. Zero means that arrays are forbidden: then the submission says so.
  return { array: Math.max(1, digits === undefined ? USUAL_ARRAY : Number(digits)) };
}
