/**
 * `jug log`: prints what a task printed when it ran.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import type { TaskLog } from "../../engine/results/task_log.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { painter } from "../display/paint.ts";
import { stderrFit, type TextFit } from "../display/text_fit.ts";
import type { Outcome } from "../cli/outcome.ts";
import { withInspection } from "../cli/with_inspection.ts";

/** The subcommand. */
export const log: Command = {
  name: "log",
  summary: "Print what a task printed when it was run, and how it ended",
  operands: [
    {
      name: "task",
      description: "its name and index, as in primes.isPrime[3], or the beginning of its hash",
      names: "task",
    },
    { name: "index", description: "the index, if it is not written in brackets", isOptional: true },
  ],
  options: [],
  prepare: (_values, operands = []) => (context) => showLog(context, operands),
};

async function showLog(context: CommandContext, operands: readonly string[]): Promise<Outcome> {
  const [{ findTask, hashPrefix, onlyHash, taskReference }, { readTaskLog, recordedTasks }, { failureMessage }] =
    await Promise.all([
      import("./task_reference.ts"),
      import("../../engine/results/task_log.ts"),
      import("../../engine/results/failures.ts"),
    ]);
  const reference = taskReference(operands);
  const show = async (backend: Backend, hash: Hash): Promise<Outcome> => {
    const found = await readTaskLog(backend, hash);
    const fit = await stderrFit(context);
    printLog(context, hash, found, fit);
    if (found.kind === "failed") {
      const paint = painter(context.color.stderr);
      const lines = failureMessage(found.failure).split("\n").map((line) => paint("red", fit.wrap(line, 2)));
      const frames = found.failure.frames.map((frame) => paint("dim", fit.shorten(`    ${frame}`)));
      context.say([...lines, ...frames].join("\n"));
    }
    return { kind: "done" };
  };
  const prefix = hashPrefix(reference);
  if (prefix !== undefined) {
    // For a task with a result or a failure, this works even if the jugfile cannot be loaded.
    const backend = await context.openBackend();
    try {
      const hash = onlyHash(prefix, await recordedTasks(backend, prefix));
      if (hash !== undefined) return await show(backend, hash);
    } finally {
      await backend.close();
    }
  }
  return await withInspection(context, (inspection) => show(inspection.backend, findTask(reference, inspection)));
}

function printLog(context: CommandContext, hash: Hash, found: TaskLog, fit: TextFit): void {
  const id = hash.slice(0, 8);
  switch (found.kind) {
    case "finished": {
      const { name, start, finish, worker } = found.meta;
      const seconds = ((finish - start) / 1000).toFixed(3);
      const when = [`finished at ${new Date(finish).toISOString()}`, `after ${seconds} s`, `in ${worker}`];
      context.say(fit.row("", [name, `(${id})`, ...when], " "));
      printText(context, found.log);
      return;
    }
    case "failed": {
      const { task, args, attempt, time, host, pid, kept } = found.failure;
      const where = [...host === undefined ? [] : [host], ...pid === undefined ? [] : [`process ${pid}`]].join(", ");
      const which = attempt === 1 ? "" : ` in attempt ${attempt}`;
      const at = `${new Date(time).toISOString()}${where === "" ? "" : ` (${where})`}`;
      const how = `failed${which} at ${at}${kept ? ", and is kept" : ""}`;
      context.say(fit.row("", [`${task}(${args})`, `(${id})`, how], " "));
      printText(context, found.log);
      return;
    }
    case "damaged":
      throw new JugError("missing", `the log of ${id} cannot be read: ${found.reason}`, {
        remedy: "The next `jug execute` runs the task again",
      });
    case "newer":
      throw new JugError("backend", `the log of ${id} was written by a newer jug: ${found.reason}`, {
        remedy: "Use that jug to read it; the stored log was not changed",
      });
    case "running":
      throw new JugError("missing", `${id} has no log yet: it is running now`, {
        remedy: "Wait until it ends: then its output is stored",
      });
    case "none":
      throw new JugError("missing", `${id} has no log: it was not run, or its result was removed`, {
        remedy: "Run `jug execute` first",
      });
  }
}

function printText(context: CommandContext, text: string | undefined): void {
  if (text === undefined) context.say("it printed nothing");
  else context.stdout(text.endsWith("\n") ? text : `${text}\n`);
}
