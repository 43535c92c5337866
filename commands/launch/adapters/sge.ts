/**
 * Grid Engine (SGE, and its descendants): array jobs.
 *
 * @module
 */
import type { Adapter, Job, Launch, Limits } from "../job.ts";
import { JOB_NAME } from "../job_name.ts";
import { jobScript } from "../job_script.ts";
import { shellWord, shellWords } from "../shell_word.ts";
import { clockText, order, unexpected } from "./output.ts";

/** Returns the adapter. */
export function sge(launch: Launch): Adapter {
  const { name, logs } = launch;
  return {
    submit({ count }) {
      const argv = ["qsub", "-terse", ...optionsOf(launch, count)];
      const script = jobScript(launch, {
        id: "${JOB_ID}.${SGE_TASK_ID}",
        submitted: shellWords(argv),
        // In the option -o, a $ and a colon in the path would have a meaning.
        lines: [`exec >>${shellWord(`${logs}/${name}`)}."\${JOB_ID}.\${SGE_TASK_ID}".log 2>&1`],
      });
      return { script, calls: [{ argv, stdin: script, read: ({ stdout }) => tasksOf(stdout) }] };
    },
    // -g d lists each task of an array.
    count: () => [{ argv: ["qstat", "-g", "d", "-xml"], read: ({ stdout }) => jobsOf(stdout, launch.names) }],
    cancel(names, ending, jobs) {
      const own = jobs.filter((job) => names.includes(job.name));
      const ids = own.filter(({ state }) => state === wantedFor(ending) || ending === "all").map(({ id }) => id);
      // The queue's time for -notify passes between the signal and the end. Status 1: it has ended meanwhile.
      return ids.length === 0 ? [] : [order(["qdel", ...ids], { statuses: [1] })];
    },
    limits: () => ({ argv: ["qconf", "-sconf"], read: ({ stdout }) => limitsOf(stdout) }),
    log: (id) => `${logs}/${name}.${id}.log`,
  };
}

function wantedFor(ending: "waiting" | "drain" | "all"): Job["state"] {
  return ending === "waiting" ? "waiting" : "running";
}

function optionsOf({ name, folder, seconds, grace, extra }: Launch, count: number): string[] {
  const limits = seconds === undefined ? [] : [
    "-l",
    // SIGUSR1 comes at the soft limit.
    `h_rt=${clockText(seconds)},s_rt=${clockText(Math.max(1, seconds - grace))}`,
  ];
  return [
    ...["-N", name, "-t", `1-${count}`, "-S", "/bin/sh", "-wd", folder, "-o", "/dev/null", "-j", "y"],
    // Run again after the failure of a node; SIGUSR2 before SIGKILL.
    ...["-r", "y", "-notify"],
    ...limits,
    ...extra,
  ];
}

/** Reads what `qsub -terse` wrote: `12.1-3:1`. */
export function tasksOf(text: string): string[] {
  const [, id, first, last] = /^\s*(\d+)\.(\d+)-(\d+):1\s*$/m.exec(text) ?? [];
  if (id === undefined || Number(last) - Number(first) > 1_000_000) throw unexpected("qsub", text);
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => `${id}.${Number(first) + index}`);
}

/** Reads what `qstat -xml` wrote. */
export function jobsOf(text: string, names: readonly string[]): Job[] {
  if (!/<job_info\b[\s\S]*<\/job_info>\s*$/.test(text)) throw unexpected("qstat", text);
  return [...text.matchAll(/<job_list\b[^>]*>([\s\S]*?)<\/job_list>/g)].flatMap(([, entry = ""]): Job[] => {
    const field = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(entry)?.[1]?.trim();
    const name = field("JB_name") ?? "";
    if (!JOB_NAME.test(name) || !names.includes(name)) return [];
    const [number = "", task = "", state = ""] = [field("JB_job_number"), field("tasks"), field("state")];
    if (!/^\d+$/.test(number) || !/^\d+$/.test(task) || !/^[A-Za-z]+$/.test(state)) throw unexpected("qstat", entry);
    return [{ id: `${number}.${task}`, name, state: stateOf(state), note: `${state} ${field("queue_name") ?? ""}` }];
  });
}

/** The letters of a state: r running, t starting, q queued, w waiting, h held, s and S and T suspended, d deleted. */
function stateOf(letters: string): Job["state"] {
  if (letters.includes("d")) return "ending";
  if (/[qwsSThE]/.test(letters)) return "waiting";
  return "running";
}

/** Reads what `qconf -sconf` wrote. */
export function limitsOf(text: string): Limits {
  const [, digits = "0"] = /^max_aj_tasks\s+(\d{1,9})\s*$/m.exec(text) ?? [];
  // Zero: there is no limit.
  return { array: Number(digits) === 0 ? 75_000 : Number(digits) };
}
