/**
 * PBS (PBS Professional, OpenPBS): array jobs.
 *
 * @module
 */
import { clockSeconds } from "../../run/time_span.ts";
import type { Adapter, Job, Launch, Limits } from "../job.ts";
import { JOB_NAME } from "../job_name.ts";
import { jobScript } from "../job_script.ts";
import { shellWord, shellWords } from "../shell_word.ts";
import { clockText, fieldOf, order, unexpected } from "./output.ts";

/** PBS's default, if the site's own limit is unknown. */
const USUAL_ARRAY = 10_000;

/** Returns the adapter. */
export function pbs(launch: Launch): Adapter {
  const { name, logs } = launch;
  return {
    submit({ count }) {
      const argv = ["qsub", ...optionsOf(launch, count)];
      // The digits before the first other character, and the index if there is an array.
      const id = "${PBS_JOBID%%[!0-9]*}${PBS_ARRAY_INDEX:+_$PBS_ARRAY_INDEX}";
      const script = jobScript(launch, {
        id,
        submitted: shellWords(argv),
        lines: [`exec >>${shellWord(`${logs}/${name}`)}."${id}".log 2>&1`],
      });
      return { script, calls: [{ argv, stdin: script, read: ({ stdout }) => submittedOf(stdout, count) }] };
    },
    count: () => [{ argv: ["qstat", "-t", "-f", "-F", "json"], read: ({ stdout }) => jobsOf(stdout, launch.names) }],
    cancel(names, ending, jobs) {
      const own = jobs.filter((job) => names.includes(job.name));
      const chosen = own.filter(({ state }) =>
        ending === "all" || state === (ending === "waiting" ? "waiting" : "running")
      );
      const ids = chosen.map(({ id }) => id.replace(/_(\d+)$/, "[$1]"));
      if (ids.length === 0) return [];
      return [order(ending === "drain" ? ["qsig", "-s", "SIGTERM", ...ids] : ["qdel", ...ids])];
    },
    limits: () => ({ argv: ["qstat", "-B", "-f"], read: ({ stdout }) => limitsOf(stdout) }),
    log: (id) => `${logs}/${name}.${id}.log`,
  };
}

function optionsOf({ name, seconds, workers, extra }: Launch, count: number): string[] {
  return [
    ...["-N", name, "-S", "/bin/sh", "-j", "oe", "-o", "/dev/null", "-r", "y"],
    // An array has two jobs at least.
    ...count === 1 ? [] : ["-J", `0-${count - 1}`],
    ...seconds === undefined ? [] : ["-l", `walltime=${clockText(seconds)}`],
    ...workers === undefined || workers === 1 ? [] : ["-l", `select=1:ncpus=${workers}`],
    ...extra,
  ];
}

/** Reads what qsub wrote: `12[].server`, or `12.server` for a single job. */
export function submittedOf(text: string, count: number): string[] {
  const [, id, array] = /^\s*(\d+)(\[\])?(?:\.[\w.-]+)?\s*$/.exec(text) ?? [];
  if (id === undefined || (array !== undefined) !== count > 1) throw unexpected("qsub", text);
  return array === undefined ? [id] : Array.from({ length: count }, (_, index) => `${id}_${index}`);
}

/** Reads what `qstat -f -F json` wrote. */
export function jobsOf(text: string, names: readonly string[]): Job[] {
  const whole = parsed(text);
  // Without jobs, some versions leave the key out, or write nothing at all.
  const jobs = fieldOf(whole, "Jobs") ?? {};
  if (typeof jobs !== "object") throw unexpected("qstat", text);
  return Object.entries(jobs).flatMap(([key, job]: [string, unknown]): Job[] => {
    const name = fieldOf(job, "Job_Name");
    if (typeof name !== "string" || !JOB_NAME.test(name) || !names.includes(name)) return [];
    const [, id, index] = /^(\d+)(?:\[(\d*)\])?(?:\.|$)/.exec(key) ?? [];
    const state = fieldOf(job, "job_state");
    if (id === undefined || typeof state !== "string") throw unexpected("qstat", key);
    // The array itself is listed beside its jobs.
    if (index === "") return [];
    const time = fieldOf(fieldOf(job, "resources_used"), "walltime");
    return [{
      id: index === undefined ? id : `${id}_${index}`,
      name,
      state: STATES[state] ?? "ending",
      seconds: typeof time === "string" ? clockSeconds(time) : undefined,
      note: state,
    }];
  });
}

/** The letters of PBS for jobs that are not over. */
const STATES: Readonly<Record<string, Job["state"]>> = {
  ...{ Q: "waiting", H: "waiting", W: "waiting", T: "waiting", S: "waiting", U: "waiting", M: "waiting" },
  ...{ R: "running", B: "running" },
};

function parsed(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected("qstat", text);
  }
}

/** Reads what `qstat -B -f` wrote. */
export function limitsOf(text: string): Limits {
  const [, digits] = /^\s*max_array_size\s*=\s*(\d{1,9})\s*$/m.exec(text) ?? [];
  return { array: Math.max(1, digits === undefined ? USUAL_ARRAY : Number(digits)) };
}
