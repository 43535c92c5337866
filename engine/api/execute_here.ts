/**
 * Runs the tasks of a script in its own thread. Loaded only when a script does so: most modules that import the library
 * are jugfiles, whose tasks others run.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { DEFAULT_LEASE_MS, DEFAULT_WAIT_LIMIT_MS } from "../../core/defaults.ts";
import type { Session } from "../../core/session/session.ts";
import { DeferredResults } from "../inspect/deferred_results.ts";
import { SessionResults } from "../inspect/session_results.ts";
import { type FromWorker, type RunSums, takenOverText } from "../messages/messages.ts";
import { type ErrorReport, errorText, failureText, type TaskFailure } from "../results/error_report.ts";
import { makeOwner, workerName } from "../results/owner.ts";
import { ChangeListener } from "../run/change_listener.ts";
import { requireMatch } from "../run/require_match.ts";
import type { RunTelemetry } from "../run/run_telemetry.ts";
import { addSums, tallyOf } from "../run/tally.ts";
import { keepPrints, showPrint } from "../task/task_prints.ts";
import { isTelemetryOn } from "../telemetry/is_on.ts";
import { Worker } from "../worker/worker.ts";
import type { ExecuteOptions, ExecuteSummary } from "./execute_options.ts";
import { keepLease } from "./lease_keeper.ts";
import { addressOf, keeperOf, openResults } from "./script_results.ts";

/** Runs the tasks declared so far in `session`, until all are finished or cannot be. */
export async function executeIn(session: Session, options: ExecuteOptions): Promise<ExecuteSummary> {
  if (!isTelemetryOn()) return await executeWith(session, options, undefined);
  const { beginRun } = await import("../run/run_telemetry.ts");
  const { target } = options;
  const telemetry = beginRun("jug execute", {
    "jug.workers": 1,
    ...target === undefined ? {} : { "jug.target": target },
  });
  return await telemetry.around(() => executeWith(session, options, telemetry));
}

async function executeWith(
  session: Session,
  options: ExecuteOptions,
  telemetry: RunTelemetry | undefined,
): Promise<ExecuteSummary> {
  const address = addressOf(session);
  const { results: known } = session;
  const results = known instanceof DeferredResults
    ? await known.open()
    : known instanceof SessionResults
    ? known
    : await openResults(session, address);
  const { store } = results;
  keepPrints();
  const owner = makeOwner(options.leaseMs ?? DEFAULT_LEASE_MS);
  const claimant = { owner, thread: 0 };
  telemetry?.opened(store.backend.address, owner);
  const lease = await keepLease(store.backend, address, owner);
  const failures: TaskFailure[] = [];
  const ran = new Map<string, RunSums>();
  let loadError: ErrorReport | undefined;
  const report = (message: FromWorker): void => {
    if (message.kind === "executed") {
      addSums(ran, message.sums);
      telemetry?.executed(message);
    } else if (message.kind === "load-failed") loadError = message.error;
    else if (message.kind === "failed") {
      failures.push(message.failure);
      telemetry?.failed(message.failure);
      console.error(`jug: ${failureText(message.failure)}`);
    } else if (message.kind === "idle" || message.kind === "busy") listener.want(message.kind === "idle");
    else if (message.kind === "output") showPrint(session, message.stream, message.text);
    else if (message.kind === "note") showPrint(session, "stderr", message.text);
    else if (message.kind === "taken-over") {
      telemetry?.takenOver(message.name);
      showPrint(session, "stderr", takenOverText(message));
    }
  };
  const worker = new Worker({
    session,
    store,
    claimant,
    telemetry: telemetry?.forWorker(workerName(claimant)),
    options: {
      target: options.target,
      concurrency: options.concurrency ?? 1,
      pool: undefined,
      workers: 1,
      keepGoing: options.keepGoing ?? false,
      keepFailed: false,
      waitLimitMs: options.waitLimitMs ?? DEFAULT_WAIT_LIMIT_MS,
      taskBudget: undefined,
      deadline: undefined,
      timeFrame: options.deadline && { end: options.deadline.getTime() },
      stopFiles: [],
    },
    batch: lease.batch,
    report,
    now: Date.now,
  });
  const listener = new ChangeListener({
    backend: store.backend,
    tell: (changes) => worker.hear(changes),
    warn: (text) => showPrint(session, "stderr", text),
  });
  try {
    const end = await worker.run(undefined);
    if (loadError !== undefined) throw new JugError("jugfile", `execute() failed\n  ${errorText(loadError)}`);
    if (options.target !== undefined) await requireMatch(options.target, end);
    const tally = tallyOf(ran, end);
    await worker.callHooks("execute.finished_pre_status", tally);
    await worker.callHooks("execute.finished_post_status", tally);
    const finished = Object.values(end.finishedByName).reduce((sum, count) => sum + count, 0);
    return {
      executed: tally.tasks.reduce((sum, { executed }) => sum + executed, 0),
      finished,
      failures,
      isComplete: finished === session.tasks.size,
    };
  } finally {
    listener.want(false);
    session.onDeclare = undefined;
    session.keeper = keeperOf(session, results);
    await lease.leave();
  }
}
