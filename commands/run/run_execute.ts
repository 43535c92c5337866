/**
 * Implements `jug execute`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { errorText } from "../../engine/results/error_report.ts";
import { endsRun } from "../../engine/results/failures.ts";
import { loadingText } from "../../engine/load/evaluation.ts";
import { requireJugfile } from "../../engine/load/load.ts";
import { loadFailureText } from "../../engine/load/load_failure.ts";
import type { UnfinishedTasks } from "../../engine/graph/unfinished.ts";
import type { WorkerEnd } from "../../engine/messages/messages.ts";
import { requireMatch } from "../../engine/run/require_match.ts";
import { resourcePool } from "../../engine/limits/resource_pool.ts";
import { run } from "../../engine/run/run.ts";
import { carrierFrom } from "../../engine/telemetry/trace_context.ts";
import type { RunSummary } from "../../engine/run/run_request.ts";
import { measuredText } from "../../engine/progress/throughput.ts";
import type { CommandContext } from "../cli/command.ts";
import { graceOf } from "./ending_options.ts";
import { askProgram, type KnownTimeFrame, timeFrame } from "./time_frame.ts";
import { openDisplay } from "./execute_display.ts";
import type { ExecuteOptions } from "./execute_options.ts";
import type { Outcome } from "../cli/outcome.ts";
import { failuresStep } from "../cli/next_step.ts";
import { type GivenOptions, settingsNotes } from "./settings_notes.ts";
import { readStopRules } from "./stop_rules.ts";
import { summaryColumns } from "./summary.ts";
import { printTable } from "../display/table.ts";
import { unfinishedText } from "./unfinished_text.ts";

/**
 * Runs the jugfile's tasks and returns the outcome.
 *
 * @param given How the user gave the options
 */
export async function runExecute(
  context: CommandContext,
  options: ExecuteOptions,
  given: GivenOptions,
): Promise<Outcome> {
  // The time that loading jug takes is a part of the process's time.
  const started = performance.timeOrigin;
  const rules = readStopRules(context, options.checkEnvironment, started);
  const frame = await timeFrame(options.ending, options.checkEnvironment, {
    env: context.env,
    now: context.now,
    say: context.say,
    started,
    ask: askProgram,
  });
  requireJugfile(context.jugfile);
  if (options.check) await (await import("./type_check.ts")).requireTypes(context);
  const isCheckedToItsEnd = !options.debug || await areDeclarationsSame(context);
  const isolation = options.isolate && (await import("./isolation.ts")).isolationOf(context, options.isolate);
  const workers = options.workers === "auto" ? navigator.hardwareConcurrency : options.workers;
  const display = await openDisplay(context);
  const begun = context.now().getTime();
  const summary = await run({
    jugfile: context.jugfile,
    address: context.jugdir,
    args: context.args,
    workers,
    isolation,
    leaseMs: options.leaseMs,
    trace: carrierFrom(context.env),
    optionText: given.text,
    maxTasks: rules.maxTasks,
    graceMs: (signal) => graceOf(signal, options.ending, context, frame && frame.end - context.now().getTime()),
    options: {
      target: options.target?.text,
      concurrency: options.concurrency,
      pool: resourcePool(options.resources, context.now().getTime()),
      keepGoing: options.keepGoing,
      maxFailures: options.maxFailures,
      keepFailed: options.keepFailed,
      waitLimitMs: options.ending.idleMs,
      deadline: rules.deadline,
      timeFrame: frame && { end: frame.end },
      stopFiles: rules.stopFiles,
      durable: options.durable,
      cacheBytes: options.cacheBytes / workers,
      debug: options.debug,
      inspectPort: options.inspectPort,
    },
    onOpen: async (backend) => {
      for (const note of await settingsNotes(backend, context, given)) display.say(note);
    },
    onOver: async (summary) => {
      display.close();
      if (summary.loadError !== undefined) return;
      await printTable(context, ...summaryColumns(summary));
      context.say(`the run took ${measuredText(context.now().getTime() - begun)}`);
    },
    say: display.say,
    watch: display.watch,
    output: display.output,
    warn: display.warn,
  }).finally(display.close);
  if (summary.loadError !== undefined) {
    context.debug(summary.loadError.stack);
    const error = new JugError("jugfile", loadFailureText(context.jugfile, summary.loadError));
    return { kind: "refused", error };
  }
  const isRefusal = missingPermission(summary.broken?.error.message ?? "") !== undefined;
  if (summary.broken?.isFault && !isRefusal) context.stderr(`${summary.broken.error.stack}\n`);
  const step = summary.failures.length > 0 ? failuresStep(context) : undefined;
  const outcome = outcomeOf(summary, options, frame, step);
  if (outcome.kind === "done") await requireWork(context, options, summary.end);
  const { end } = summary;
  if (outcome.kind === "unfinished" && options.target && end?.unwanted?.length && !end.stopped) {
    context.say(`no task above the barrier matches ${options.target.text}`);
  }
  // The first check may have stopped at a barrier. All barriers are met now, so check the whole jugfile.
  if (outcome.kind === "done" && !isCheckedToItsEnd) await areDeclarationsSame(context);
  return outcome;
}

/** Refuses a run that had nothing to do because there are no tasks, or none matches `--target`: a likely mistake. */
async function requireWork({ jugfile }: CommandContext, { target }: ExecuteOptions, end: WorkerEnd | undefined) {
  if (end?.unwanted?.length === 0) throw (await import("../../core/remedy/no_match.ts")).noTasksError(jugfile);
  if (target !== undefined) await requireMatch(target.text, end);
}

/**
 * Checks for `--debug` that two loads declare the same tasks, and throws if they do not. Returns whether the loads
 * reached the end of the jugfile.
 */
async function areDeclarationsSame({ jugfile, jugdir, args }: CommandContext): Promise<boolean> {
  const { requireSameDeclarations } = await import("../../engine/inspect/declaration_check.ts");
  return await requireSameDeclarations({ jugfile, address: jugdir, args });
}

function outcomeOf(
  summary: RunSummary,
  options: ExecuteOptions,
  frame: KnownTimeFrame | undefined,
  nextStep: string | undefined,
): Outcome {
  const { broken, exitCalled, end, stop, failures } = summary;
  const { maxFailures } = options;
  const reasons: string[] = [];
  if (broken !== undefined) {
    const text = missingPermission(broken.error.message) ?? errorText(broken.error);
    reasons.push(`a worker could not continue: ${text}`);
  }
  if (exitCalled !== undefined) reasons.push(`${exitCalled}: the run was ended and its locks were released`);
  if (reasons.length > 0) return { kind: "unfinished", reasons };
  const many = failures.length === 1 ? "1 task failed" : `${failures.length} tasks failed`;
  if (stop?.kind === "limit") {
    // Reaching a limit that the user set is a success, unless a task failed before.
    if (failures.length === 0) return { kind: "stopped", reason: stop.text };
    return { kind: "unfinished", reasons: [many, `stopped, since ${stop.text}`], nextStep };
  }
  const left = end === undefined ? [] : unfinishedReasons(end);
  if (stop?.kind === "signal") {
    // Nothing is left to do: whoever starts the process again would do so in vain.
    const isComplete = stop.signal !== "SIGINT" && failures.length === 0 && end !== undefined && left.length === 0;
    if (isComplete) return { kind: "done" };
    reasons.push(`ended by ${stop.signal}`);
  }
  if (failures.length > 0) {
    const why = maxFailures === undefined
      ? "--keep-going would continue with other tasks"
      : `--max-failures ${maxFailures}`;
    reasons.push(stop?.kind === "failure" ? `${many}; the run was stopped (${why})` : many);
  }
  if (end !== undefined && isOutOfTime(end) && frame !== undefined) {
    const time = new Date(frame.end).toISOString().replace(/\.\d+/, "");
    reasons.push(`the time ends at ${time} (${frame.by}), and no task that is left is expected to end by then`);
  }
  reasons.push(...left);
  if (reasons.length === 0) return { kind: "done" };
  return { kind: kindOfEnd(summary, options), reasons, nextStep };
}

/** Returns which kind of outcome it is if tasks are unfinished. */
function kindOfEnd(
  { stop, failures, end }: RunSummary,
  options: ExecuteOptions,
): "unfinished" | "interrupted" | "drained" | "beyond" {
  if (stop?.kind === "signal" && stop.signal === "SIGINT") return "interrupted";
  // The failures would have ended the run in any case, and should be looked at before it is started again.
  if (endsRun(failures.length, options)) return "unfinished";
  if (stop?.kind === "signal") return "drained";
  if (stop !== undefined || end === undefined) return "unfinished";
  if (failures.length === 0 && end.unfinished.length > 0 && end.unfinished.every(isNever)) return "beyond";
  return isOutOfTime(end) ? "drained" : "unfinished";
}

/** Whether the process ended because the time does not suffice for any task that is left. */
function isOutOfTime({ unfinished, isTimeOver }: WorkerEnd): boolean {
  return isTimeOver || unfinished.some(({ reason: { kind } }) => kind === "too-long" || kind === "needs-too-long");
}

/** Whether no process with the same options can run the tasks. */
function isNever({ reason }: UnfinishedTasks): boolean {
  switch (reason.kind) {
    case "too-long":
    case "needs-too-long":
      return reason.isNever;
    case "lacks-resources":
    case "needs-lacking":
      return true;
    default:
      return false;
  }
}

function unfinishedReasons({ unfinished, barrier, isLoaded, hasBegun, waitLimitReached }: WorkerEnd): string[] {
  const reasons = unfinished.map((tasks) => unfinishedText(tasks));
  if (waitLimitReached) {
    reasons.push(
      "gave up waiting for tasks that other processes hold (--idle, or --nr-wait-cycles and --wait-cycle-time, set how long to wait)",
    );
  }
  if (!isLoaded) {
    const where = barrier === undefined
      ? loadingText(hasBegun)
      : `waits at the barrier at ${barrier.file}:${barrier.line}`;
    reasons.push(`the jugfile was not loaded to its end: it ${where}`);
  }
  return reasons;
}
