/**
 * `jug failures`: lists the failed tasks and the reasons, with similar failures grouped.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { FailureGroup, ListedFailure } from "../../engine/results/failure_group.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { type Paint, painter } from "../display/paint.ts";
import { stdoutFit, type TextFit } from "../display/text_fit.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";

/** The maximum number of tasks shown for each group, except with --json. */
const SHOWN = 20;

/** The subcommand. */
export const failures: Command = {
  name: "failures",
  summary: "List the tasks that failed, grouped by similar failures",
  options: [{ flags: "--json", description: "JSON for programs" }],
  prepare(values) {
    const isJson = flagOption(values, "json");
    return async (context) => {
      // This works even if the jugfile cannot be loaded.
      const backend = await context.openBackend();
      try {
        return await listFailures(context, backend, isJson);
      } finally {
        await backend.close();
      }
    };
  },
};

async function listFailures(context: CommandContext, backend: Backend, isJson: boolean): Promise<Outcome> {
  const [{ failureMessage, readFailures }, { groupFailures }] = await Promise.all([
    import("../../engine/results/failures.ts"),
    import("../../engine/results/failure_group.ts"),
  ]);
  const { groups, damaged, newer } = await groupFailures(readFailures(backend));
  const all = groups.flatMap((group) => group.failures);
  if (isJson) {
    const json = { jugdir: backend.address, total: all.length, damaged, newer, groups: groups.map(jsonGroup) };
    context.stdout(`${JSON.stringify(json, undefined, 2)}\n`);
  } else {
    const look = { fit: await stdoutFit(context), paint: painter(context.color.stdout) };
    const texts = groups.map((group) => groupText(group, failureMessage(group), look));
    context.stdout(groups.length === 0 ? "No failures\n" : texts.join("\n"));
  }
  const kept = all.filter((failure) => failure.kept).length;
  if (kept > 0) context.say(`${kept} of ${all.length} kept by --keep-failed: \`jug retry\` frees them`);
  if (damaged > 0) context.say(`${damaged} more cannot be read: their tasks are tried again by the next execute`);
  if (newer > 0) context.say(`${newer} more were written by a newer jug, and cannot be read by this one`);
  return { kind: "done" };
}

/** The layout and colours of the output. */
interface Look {
  readonly fit: TextFit;
  readonly paint: Paint;
}

function groupText({ failures }: FailureGroup, message: string, { fit, paint }: Look): string {
  const frames = failures[0]?.frames ?? [];
  const head = `${failures.length} × ${message}`.split("\n").map((line, index) => index === 0 ? line : `  ${line}`);
  const lines = [
    ...head.map((line) => paint("red", fit.wrap(line, 2))),
    ...frames.map((frame) => paint("dim", fit.shorten(`    ${frame}`))),
    ...failures.slice(0, SHOWN).map((failure) => fit.row(`  ${failure.hash.slice(0, 8)}  `, failureParts(failure))),
  ];
  if (failures.length > SHOWN) lines.push(`  and ${failures.length - SHOWN} more (--json lists all)`);
  return `${lines.join("\n")}\n`;
}

function failureParts({ task, args, attempt, host, pid, time, kept }: ListedFailure): string[] {
  return [
    `${task}(${args})`,
    new Date(time).toISOString(),
    ...host === undefined ? [] : [host],
    ...pid === undefined ? [] : [`process ${pid}`],
    `attempt ${attempt}`,
    ...kept ? ["kept"] : [],
  ];
}

function jsonGroup({ error, message, failures }: FailureGroup) {
  return {
    error,
    message,
    count: failures.length,
    tasks: failures.map(({ hash, task, args, message, frames, attempt, host, pid, time, kept }) => ({
      hash,
      name: task,
      args,
      message,
      frames,
      attempt,
      host: host ?? null,
      pid: pid ?? null,
      time: new Date(time).toISOString(),
      kept,
    })),
  };
}
