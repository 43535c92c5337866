/**
 * `jug failures`: lists the failed tasks and the reasons, with similar failures grouped.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import type { Failure, FoundFailure } from "../../engine/results/failures.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import { type Paint, painter } from "../display/paint.ts";
import { stdoutFit, type TextFit } from "../display/text_fit.ts";
import { flagOption } from "../cli/option_values.ts";
import type { Outcome } from "../cli/outcome.ts";

/** A failure as it is listed: without its log, which may be long, and without the stack. */
interface Listed extends Omit<Failure, "log" | "stack"> {
  readonly hash: Hash;
}

/** Failures that are similar. */
interface Group {
  readonly error: string;
  /** Their message, with placeholders for the parts that differ between them. */
  readonly message: string;
  readonly failures: readonly Listed[];
}

type Grouping = typeof import("../../engine/results/failure_group.ts");

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
  const [{ failureMessage, readFailures }, grouping] = await Promise.all([
    import("../../engine/results/failures.ts"),
    import("../../engine/results/failure_group.ts"),
  ]);
  const { groups, damaged, newer } = await readGroups(readFailures(backend), grouping);
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

async function readGroups(found: AsyncIterable<FoundFailure>, { failureKey, commonMessage }: Grouping) {
  const alike = new Map<string, Listed[]>();
  let damaged = 0;
  let newer = 0;
  for await (const { hash, record } of found) {
    if (record.kind !== "failure") {
      if (record.kind === "newer") newer++;
      else damaged++;
      continue;
    }
    const { failure } = record;
    const { log: _log, stack: _stack, ...listed } = failure;
    const key = failureKey(failure);
    const group = alike.get(key) ?? [];
    group.push({ hash, ...listed });
    alike.set(key, group);
  }
  const sorted = [...alike.values()].map((failures): Group => {
    failures.sort((a, b) => a.time - b.time);
    const message = commonMessage(failures.map((failure) => failure.message));
    return { error: failures[0]?.error ?? "", message, failures };
  });
  sorted.sort((a, b) => b.failures.length - a.failures.length || firstTime(a) - firstTime(b));
  return { groups: sorted, damaged, newer };
}

function firstTime({ failures: [first] }: Group): number {
  return first?.time ?? 0;
}

/** The layout and colours of the output. */
interface Look {
  readonly fit: TextFit;
  readonly paint: Paint;
}

function groupText({ failures }: Group, message: string, { fit, paint }: Look): string {
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

function failureParts({ task, args, attempt, host, pid, time, kept }: Listed): string[] {
  return [
    `${task}(${args})`,
    new Date(time).toISOString(),
    ...host === undefined ? [] : [host],
    ...pid === undefined ? [] : [`process ${pid}`],
    `attempt ${attempt}`,
    ...kept ? ["kept"] : [],
  ];
}

function jsonGroup({ error, message, failures }: Group) {
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
