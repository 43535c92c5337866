/**
 * LSF: job arrays.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { Adapter, Call, Job, Launch, Limits, Output } from "../job.ts";
import { JOB_NAME } from "../job_name.ts";
import { jobScript } from "../job_script.ts";
import { shellWord, shellWords } from "../shell_word.ts";
import { linesOf, order, unexpected } from "./output.ts";

/** LSF's default, if the site's own limit is unknown. */
const USUAL_ARRAY = 1000;

/** Returns the adapter. */
export function lsf(launch: Launch): Adapter {
  const { name, logs } = launch;
  return {
    submit({ count }) {
      const argv = ["bsub", ...optionsOf(launch, count)];
      const script = jobScript(launch, {
        id: "${LSB_JOBID}_${LSB_JOBINDEX}",
        submitted: shellWords(argv),
        lines: [`exec >>${shellWord(`${logs}/${name}`)}."\${LSB_JOBID}_\${LSB_JOBINDEX}".log 2>&1`],
      });
      return { script, calls: [{ argv, stdin: script, read: ({ stdout }) => submittedOf(stdout, count) }] };
    },
    count: () => launch.names.map(countCall),
    cancel(names, ending, jobs) {
      const own = jobs.filter((job) => names.includes(job.name));
      const chosen = own.filter(({ state }) =>
        ending === "all" || state === (ending === "waiting" ? "waiting" : "running")
      );
      const ids = chosen.map(({ id }) => id.replace(/_(\d+)$/, "[$1]"));
      // Status 255: one of them has ended meanwhile.
      const words = ending === "drain" ? ["bkill", "-s", "TERM"] : ["bkill"];
      return ids.length === 0 ? [] : [order([...words, ...ids], { statuses: [255] })];
    },
    limits: () => ({ argv: ["bparams", "-a"], read: ({ stdout }) => limitsOf(stdout) }),
    log: (id) => `${logs}/${name}.${id}.log`,
  };
}

function optionsOf({ name, folder, seconds, grace, workers, extra }: Launch, count: number): string[] {
  return [
    ...["-J", `${name}[1-${count}]`, "-cwd", folder, "-o", "/dev/null", "-r"],
    ...seconds === undefined ? [] : [
      // In minutes.
      ...["-W", String(Math.ceil(seconds / 60))],
      ...["-wa", "TERM", "-wt", String(Math.ceil(grace / 60))],
    ],
    ...workers === undefined || workers === 1 ? [] : ["-n", String(workers), "-R", "span[hosts=1]"],
    ...extra,
  ];
}

function countCall(name: string): Call<readonly Job[]> {
  return {
    argv: ["bjobs", "-noheader", "-J", name, "-o", "jobid jobindex stat run_time job_name delimiter='|'"],
    // LSF ends with 255 also if there is no such job.
    statuses: [255],
    read: (output) => jobsOf(output),
  };
}

/** Reads what bsub wrote: `Job <12> is submitted to queue <normal>.` */
export function submittedOf(text: string, count: number): string[] {
  const [, id] = /^Job <(\d+)> is submitted/m.exec(text) ?? [];
  if (id === undefined) throw unexpected("bsub", text);
  return Array.from({ length: count }, (_, index) => `${id}_${index + 1}`);
}

const WAITING = new Set(["PEND", "PSUSP", "USUSP", "SSUSP", "WAIT", "PROV"]);

/** Reads what bjobs wrote. */
export function jobsOf({ code, stdout, stderr }: Output): Job[] {
  if (code !== 0 && !/is not found|No (?:unfinished )?job found/i.test(stderr)) {
    throw new JugError("backend", `bjobs failed with status ${code}: ${stderr.trim().slice(0, 500)}`);
  }
  return linesOf(stdout).map((line): Job => {
    const [id = "", index = "", state = "", time = "", full = ""] = line.split("|").map((part) => part.trim());
    const name = full.replace(/\[\d+\]$/, "");
    if (!/^\d+$/.test(id) || !/^\d+$/.test(index) || !JOB_NAME.test(name) || !/^[A-Z]+$/.test(state)) {
      throw unexpected("bjobs", line);
    }
    const [, digits] = /^(\d{1,9}) second/.exec(time) ?? [];
    return {
      ...{ id: `${id}_${index}`, name, note: state },
      state: WAITING.has(state) ? "waiting" : state === "RUN" ? "running" : "ending",
      seconds: digits === undefined ? undefined : Number(digits),
    };
  });
}

/** Reads what `bparams -a` wrote. */
export function limitsOf(text: string): Limits {
  const [, digits] = /\bMAX_JOB_ARRAY_SIZE\s*=\s*(\d{1,9})\b/.exec(text) ?? [];
  return { array: Math.max(1, digits === undefined ? USUAL_ARRAY : Number(digits)) };
}
