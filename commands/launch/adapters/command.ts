/**
 * Any scheduler, by command lines of the user.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { Adapter, Job, Launch } from "../job.ts";
import { jobScript } from "../job_script.ts";
import { shellWord, shellWords } from "../shell_word.ts";
import { order, unexpected } from "./output.ts";

/** The command lines. */
export interface CommandLines {
  readonly submit: string;
  readonly count: string | undefined;
  readonly cancel: string | undefined;
}

/** What may stand in braces. */
const PLACES = ["script", "name", "log"] as const;

/** Returns the adapter. */
export function command(launch: Launch, lines: CommandLines): Adapter {
  // Without an id of the scheduler, the host and the process tell jobs apart.
  const id = "$(hostname).$$";
  const path = `${launch.logs}/${launch.name}.sh`;
  const log = (one: string) => `${launch.logs}/${launch.name}.${one}.log`;
  const filled = (line: string, more: readonly string[] = []) => {
    const values = { script: path, name: launch.name, log: log("out") };
    const text = line.replace(/\{(\w+)\}/g, (whole, place) => {
      const known = PLACES.find((each) => each === place);
      return known === undefined ? whole : shellWord(values[known]);
    });
    return ["sh", "-c", more.length === 0 ? text : `${text} ${shellWords(more)}`];
  };
  return {
    knowsIds: false,
    submit({ count }) {
      const script = jobScript(launch, {
        id,
        lines: [`exec >>${shellWord(`${launch.logs}/${launch.name}`)}."${id}".log 2>&1`],
        submitted: filled(lines.submit, launch.extra)[2] ?? "",
      });
      const argv = filled(lines.submit, launch.extra);
      const call = { argv, files: { [path]: script }, read: () => [launch.name] };
      return { script, calls: Array.from({ length: count }, () => call) };
    },
    count: () => {
      const line = lines.count;
      if (line === undefined) {
        throw new JugError("usage", "launch command cannot count its workers without '--count'", {
          remedy: "Give a command line that prints how many there are, as in --count 'qstat | grep -c {name}'",
        });
      }
      // grep -c ends with 1 if there are none.
      return [{ argv: filled(line), statuses: [1], read: ({ stdout }) => countedJobs(stdout, launch.name) }];
    },
    cancel: (_names, ending) => {
      if (ending !== "all") return [];
      if (lines.cancel === undefined) {
        throw new JugError("usage", "launch command cannot cancel its workers without '--cancel-with'", {
          remedy: "Give a command line, as in --cancel-with 'qdel {name}'",
        });
      }
      return [order(filled(lines.cancel))];
    },
    limits: () => ({ array: 1000 }),
    log,
  };
}

/** Returns as many jobs as the number says that the command printed. */
export function countedJobs(text: string, name: string): Job[] {
  if (!/^\s*\d{1,6}\s*$/.test(text)) throw unexpected("--count", text);
  return Array.from({ length: Number(text) }, (_, index) => ({ id: String(index), name, state: "running" }));
}
