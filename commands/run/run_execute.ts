/**
 * Implements `jug execute`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { errorText } from "../../engine/results/error_report.ts";
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
import type { CommandContext } from "../cli/command.ts";
import { openDisplay } from "./execute_display.ts";
import type { ExecuteOptions } from "./execute_options.ts";
import type { Outcome } from "../cli/outcome.ts";
import { failuresStep } from "../cli/next_step.ts";
import { readStopRules } from "./stop_rules.ts";
import { printTable } from "../display/table.ts";

/**
 * Runs the jugfile's tasks and returns the outcome.
 *
 * @param optionText The options as the user gave them
 */
export async function runExecute(
  context: CommandContext,
  options: ExecuteOptions,
  optionText: string | undefined,
): Promise<Outcome> {
  const rules = readStopRules(context, options.checkEnvironment);
  requireJugfile(context.jugfile);
  if (options.check) await (await import("./type_check.ts")).requireTypes(context);
  const isCheckedToItsEnd = !options.debug || await areDeclarationsSame(context);
  const isolation = options.isolate && (await import("./isolation.ts")).isolationOf(context, options.isolate);
  const workers = options.workers === "auto" ? navigator.hardwareConcurrency : options.workers;
  const display = await openDisplay(context);
  const summary = await run({
    jugfile: context.jugfile,
    address: context.jugdir,
    args: context.args,
    workers,
    isolation,
    leaseMs: options.leaseMs,
    trace: carrierFrom(context.env),
    optionText,
    maxTasks: rules.maxTasks,
    options: {
      target: options.target?.text,
      concurrency: options.concurrency,
      pool: resourcePool(options.resources, context.now().getTime()),
      keepGoing: options.keepGoing,
      maxFailures: options.maxFailures,
      keepFailed: options.keepFailed,
      waitLimitMs: options.nrWaitCycles * options.waitCycleMs,
      deadline: rules.deadline,
      stopFiles: rules.stopFiles,
      durable: options.durable,
      cacheBytes: options.cacheBytes / workers,
      debug: options.debug,
      inspectPort: options.inspectPort,
    },
    onOver: async (summary) => {
      display.close();
      if (summary.loadError === undefined) await printExecuted(context, summary);
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
  const outcome = outcomeOf(summary, options, step);
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

/** Prints how many tasks of each name this process ran, and how many results it found, including those of others. */
async function printExecuted(context: CommandContext, { tally: { tasks } }: RunSummary): Promise<void> {
  const executed = new Map(tasks.map(({ name, executed }) => [name, executed]));
  const loaded = new Map(tasks.map(({ name, loaded }) => [name, loaded]));
  const names = tasks.map(({ name }) => name);
  await printTable(context, names, [{ title: "Executed", counts: executed, style: "green" }, {
    title: "Loaded",
    counts: loaded,
  }]);
}

function outcomeOf(summary: RunSummary, { maxFailures }: ExecuteOptions, nextStep: string | undefined): Outcome {
  const { broken, exitCalled, end, stop, failures } = summary;
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
  if (stop?.kind === "signal") reasons.push(`ended by ${stop.signal}`);
  if (failures.length > 0) {
    const why = maxFailures === undefined
      ? "--keep-going would continue with other tasks"
      : `--max-failures ${maxFailures}`;
    reasons.push(stop?.kind === "failure" ? `${many}; the run was stopped (${why})` : many);
  }
  if (end !== undefined) reasons.push(...unfinishedReasons(end));
  if (reasons.length === 0) return { kind: "done" };
  return {
    kind: stop?.kind === "signal" && stop.signal === "SIGINT" ? "interrupted" : "unfinished",
    reasons,
    nextStep,
  };
}

function unfinishedReasons({ unfinished, barrier, isLoaded, hasBegun, waitLimitReached }: WorkerEnd): string[] {
  const reasons = unfinished.map(unfinishedText);
  if (waitLimitReached) {
    reasons.push(
      "gave up waiting for tasks that other processes hold (--nr-wait-cycles and --wait-cycle-time set how long to wait)",
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

function unfinishedText({ name, count, example, reason }: UnfinishedTasks): string {
  const which = count === 1 ? example : `${count} tasks ${name}, such as ${example},`;
  const were = count === 1 ? "was" : "were";
  switch (reason.kind) {
    case "failed":
      return `${which} failed`;
    case "kept-failed":
      return `${which} failed in an earlier run with --keep-failed; \`jug retry\` frees ${count === 1 ? "it" : "them"}`;
    case "needs-failed":
      return `${which} ${were} not run: needs ${reason.name}, which failed`;
    case "held":
      return `${which} ${were} not run: held by ${reason.owner}`;
    case "needs-held":
      return `${which} ${were} not run: needs ${reason.name}, which another process holds`;
    case "needs-unwanted":
      return `${which} ${were} not run: needs ${reason.name}, which --target excludes`;
    case "lacks-resources":
      return `${which} ${were} not run: takes ${reason.resources}, more than this process has (--resources ${reason.resources})`;
    case "needs-lacking":
      return `${which} ${were} not run: needs ${reason.name}, which takes more resources than this process has`;
    case "circular":
      return `${which} ${were} not run: needs ${reason.name}, which depends on itself through what compound functions returned`;
    case "not-begun":
      return `${which} ${were} not run: the run ended first`;
  }
}
