/**
 * `jug times`: shows how long the tasks of each function took, what the run as a whole had to wait for, and how busy
 * its workers were.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { barrierNotice } from "../cli/inspection.ts";
import { type Sight, unloadedNotice, withJugfileOrJugdir } from "../cli/jugfile_or_jugdir.ts";
import { flagOption, textOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";

/** What to write. */
type Shape =
  | { readonly kind: "text" | "json" | "csv" }
  /** a trace, to a file or to stdout */
  | { readonly kind: "trace"; readonly path: string };

const STDOUT = "-";

/** The subcommand. */
export const times: Command = {
  name: "times",
  summary: "Show how long tasks took, the critical path, and how busy workers were",
  examples: [
    ["jug times primes.ts", "tables of functions and workers, and the critical path"],
    ["jug times primes.ts --trace trace.json", "a timeline to open at https://ui.perfetto.dev"],
  ],
  options: [
    { flags: "--json", description: "JSON for programs", conflicts: ["csv", "trace"] },
    { flags: "--csv", description: "the table of functions as CSV", conflicts: ["json", "trace"] },
    {
      flags: "--trace <file>",
      description: "write a trace in the format of Chrome and Perfetto, with a lane for each worker; - is stdout",
      conflicts: ["json", "csv"],
    },
  ],
  prepare(values) {
    const shape = wantedShape(values);
    return (context) => withJugfileOrJugdir(context, (sight) => showTimes(context, sight, shape));
  },
};

function wantedShape(values: Parameters<Command["prepare"]>[0]): Shape {
  const path = textOption(values, "trace");
  if (path === "") {
    throw new JugError("usage", "option '--trace' is empty", { remedy: "Name the file to write, or - for stdout" });
  }
  if (path !== undefined) return { kind: "trace", path };
  return { kind: flagOption(values, "json") ? "json" : flagOption(values, "csv") ? "csv" : "text" };
}

async function showTimes(context: CommandContext, sight: Sight, shape: Shape): Promise<Outcome> {
  const { measure, readRuns } = await import("../../engine/analysis/measure.ts");
  const inspection = sight.kind === "jugfile" ? sight.inspection : undefined;
  const runs = await readRuns({ backend: sight.backend, inspection, now: () => context.now().getTime() });
  if (sight.kind === "jugdir" && runs.columns.count === 0 && runs.holders.length === 0) throw sight.failure;
  switch (shape.kind) {
    case "text":
      await (await import("./times_text.ts")).printTimes(context, runs, measure(runs, inspection));
      break;
    case "json": {
      const { timesJson } = await import("./times_json.ts");
      context.stdout(timesJson({ jugfile: context.jugfile, sight, runs, measured: measure(runs, inspection) }));
      break;
    }
    case "csv":
      context.stdout((await import("./times_csv.ts")).timesCsv(runs, measure(runs, undefined)));
      break;
    case "trace":
      await writeTrace(context, runs, shape.path);
  }
  const notice = inspection === undefined ? undefined : barrierNotice(inspection);
  if (notice !== undefined) context.say(notice);
  if (sight.kind === "jugdir") context.say(unloadedNotice(sight.failure, consequence(shape)));
  return { kind: "done" };
}

function consequence({ kind }: Shape): string {
  return kind === "text" || kind === "json"
    ? "so there is no critical path: the times are those of the jugdir"
    : "so the times are those of the jugdir";
}

async function writeTrace(
  context: CommandContext,
  runs: import("../../engine/analysis/measure.ts").Runs,
  path: string,
): Promise<void> {
  const { traceText } = await import("./trace.ts");
  if (path === STDOUT) {
    traceText(runs, context.stdout);
    return;
  }
  const file = openForWriting(path);
  try {
    const encoder = new TextEncoder();
    traceText(runs, (text) => {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    });
  } finally {
    file.close();
  }
  context.say(`wrote ${runs.columns.count} runs to ${path}: open it at https://ui.perfetto.dev or chrome://tracing`);
}

/** @throws {JugError} of kind "usage" if the file cannot be written. */
function openForWriting(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    // What to do about a missing permission is known elsewhere.
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new JugError("usage", `option '--trace': ${path} cannot be written: ${error.message}`, {
      remedy: "Name a file in a folder that exists, or - for stdout",
      cause: error,
    });
  }
}
