/**
 * Starts workers as processes, on this machine or another one, and finds them by their command lines.
 *
 * @module
 */
import { clockSeconds } from "../../run/time_span.ts";
import type { Ending, Job, Launch } from "../job.ts";
import { jobScript } from "../job_script.ts";
import { shellWord } from "../shell_word.ts";
import { linesOf, unexpected } from "./output.ts";

/** The script of a worker: it moves to a log that carries the number of its process. */
export function processScript(launch: Launch): string {
  const log = `${shellWord(`${launch.logs}/${launch.name}`)}."$JUG_HOST$$".log`;
  return jobScript(launch, { id: "$JUG_HOST$$", lines: [`exec >>${log} 2>&1 </dev/null`] });
}

/**
 * Returns a shell script that starts `count` workers, which go on when the shell and the terminal are gone.
 *
 * @param host What precedes a process id in the id of a job: empty, or the host and a dot
 */
export function startScript(launch: Launch, count: number, host = ""): string {
  return [
    `JUG_HOST=${shellWord(host)}`,
    "export JUG_HOST",
    `mkdir -p ${shellWord(launch.logs)} || exit 1`,
    `script=${shellWord(processScript(launch))}`,
    // In a session of its own, so that Ctrl-C in this terminal does not reach it.
    `if command -v setsid >/dev/null; then own=setsid; else own=nohup; fi`,
    `i=0`,
    `while [ "$i" -lt ${count} ]; do`,
    `  "$own" sh -c "$script" >/dev/null 2>&1 </dev/null &`,
    `  echo "$!"`,
    `  i=$((i + 1))`,
    `done`,
    "",
  ].join("\n");
}

/** Reads what such a script wrote. */
export function startedOf(text: string, host = ""): string[] {
  return linesOf(text).map((line) => {
    if (!/^\d{1,10}$/.test(line)) throw unexpected("the shell that started workers", line);
    return host + line;
  });
}

/** Lists processes with the time since their start and their whole command lines. */
export const PS = ["ps", "-A", "-ww", "-o", "pid=,etime=,args="] as const;

const LINE = /^(\d{1,10})\s+([\d:-]+)\s+(.*)$/s;

/** Finds the workers among the lines of ps. */
export function processesOf(text: string, names: readonly string[]): Job[] {
  // Some systems print the line breaks in the arguments of a process, so not every line begins with a number.
  const processes = linesOf(text).map((line) => LINE.exec(line)).filter((found) => found !== null);
  if (processes.length === 0) throw unexpected("ps", text);
  return processes.flatMap(([, pid = "", time = "", args = ""]): Job[] => {
    const [, name = "", id = ""] = /\s--job (jug-[0-9a-f]{10}):([\w.-]{1,300})(?:\s|$)/.exec(args) ?? [];
    // Another process may have the words on its command line, such as grep. A process that jug started has its own number.
    if (!names.includes(name) || id.split(".").at(-1) !== pid) return [];
    return [{ id, name, state: "running", seconds: clockSeconds(time) }];
  });
}

/** Returns the words that end processes; `undefined` if there are none. They run from the start: none waits. */
export function killWords(jobs: readonly Job[], names: readonly string[], ending: Ending): string[] | undefined {
  const pids = jobs.filter(({ name }) => names.includes(name)).flatMap(({ id }) => id.split(".").at(-1) ?? []);
  if (ending === "waiting" || pids.length === 0) return undefined;
  return ["kill", ending === "drain" ? "-TERM" : "-KILL", ...pids];
}
