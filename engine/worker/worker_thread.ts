/**
 * A worker in a thread: loads the jugfile and runs its tasks, directed by the coordinator.
 *
 * @module
 */
import type { Claimant } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { backendOnPort } from "../../backends/backend_port.ts";
import { isJugError } from "../../core/errors.ts";
import { createSession, runInSession } from "../../core/session/session.ts";
import type { ExecutionTally } from "../../core/session/hooks.ts";
import { resourcePool } from "../limits/resource_pool.ts";
import { redirectConsole } from "../task/console_redirect.ts";
import { reportError } from "../results/error_report.ts";
import { openLink } from "../messages/link.ts";
import { keepLifeline } from "../threads/thread_end.ts";
import { jugfileUrl, loadJugfile } from "../load/load.ts";
import type { FinishHookName, FromWorker, StopReason, ToWorker, WorkerEnd, WorkerSetup } from "../messages/messages.ts";
import { remoteCounters } from "../limits/shared_counters.ts";
import { threadMemoryKeeper } from "../threads/memory_keeper.ts";
import { SourceReader } from "../sources/source_reader.ts";
import { workerName } from "../results/owner.ts";
import { Store } from "../results/store.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { redirectTerminal } from "../task/terminal_redirect.ts";
import { unreadArgumentsNote } from "../load/unread_arguments.ts";
import { freeMemory } from "../threads/free_memory.ts";
import { guardThread } from "../threads/thread_guard.ts";
import { Worker, type WorkerParts } from "./worker.ts";
import { threadScope } from "../threads/thread_scope.ts";

const scope = threadScope<ToWorker, FromWorker>();
let report = (message: FromWorker): void => scope.postMessage(message);
let shared: WorkerParts["shared"];
let worker: Worker | undefined;
/** Set when the worker has ended. */
let account: (() => WorkerEnd) | undefined;
/** A stop may arrive before there is a worker. */
let stopped: StopReason | undefined;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "lifeline":
      keepLifeline(data);
      break;
    case "link": {
      const { resources, epoch, hasTaskLimit } = data.link;
      const link = openLink(data.link);
      report = link.report;
      shared = { pool: resourcePool(resources, epoch), counters: remoteCounters(link.ask, hasTaskLimit) };
      break;
    }
    case "start":
      start(data.setup, data.store).catch(breakDown);
      break;
    case "news":
      worker?.hear(data.changes);
      break;
    case "stop":
      stopped ??= data.reason;
      worker?.stop(data.reason);
      break;
    case "give-back":
      worker?.giveBack(data.hashes);
      break;
    case "account":
      if (account !== undefined) report({ kind: "account", end: account() });
      break;
    case "call-hooks":
      callHooks(data.name, data.tally).catch(breakDown);
      break;
  }
};

/** How many running tasks an unhandled error names. */
const TOLD = 3;

function breakDown(error: unknown): void {
  report({ kind: "broken", error: reportError(error), isFault: !isJugError(error) });
}

async function callHooks(name: FinishHookName, tally: ExecutionTally): Promise<void> {
  await worker?.callHooks(name, tally);
  report({ kind: "hooks-called" });
}

/**
 * Reports an error that nothing awaits or catches. It is a fault of jug if no frame of user code is in its stack. The
 * process then leaves, so this thread must not store anything any more.
 */
function breakDownAstray(thrown: unknown): void {
  worker?.halt();
  const error = reportError(thrown);
  const isFault = error.frames.length === 0 && !isJugError(thrown);
  const running = worker?.running ?? [];
  const during = running.length === 0 ? "" : `; meanwhile ${running.slice(0, TOLD).join(", ")} ran`;
  const message = `${error.message} (nobody awaits or catches this${during})`;
  report({ kind: "broken", error: { ...error, message }, isFault });
}

async function start(setup: WorkerSetup, port: MessagePort | undefined): Promise<void> {
  guardGlobals(setup);
  if (setup.telemetry === undefined) return await work(setup, port, undefined);
  const { openTelemetry } = await import("../telemetry/telemetry.ts");
  const telemetry = openTelemetry(setup.telemetry, workerName(claimantOf(setup)));
  // What the jugfile does at top level is a part of the run.
  const go = () => work(setup, port, telemetry);
  await (telemetry.tracing === undefined ? go() : telemetry.tracing.atHome(go));
}

function claimantOf({ owner, thread }: WorkerSetup): Claimant {
  return { owner, thread };
}

async function work(
  setup: WorkerSetup,
  port: MessagePort | undefined,
  telemetry: Telemetry | undefined,
): Promise<void> {
  const { cacheBytes, durable = false } = setup.options;
  const opened = port === undefined
    ? await openBackend(setup.address, { durable })
    : backendOnPort(port, setup.address);
  const backend = telemetry?.traced(opened) ?? opened;
  const session = createSession({
    jugfile: setup.jugfile,
    args: setup.args,
    isJugRunning: true,
    jugdir: setup.address,
  });
  const store = new Store(backend, {
    sources: new SourceReader({ main: jugfileUrl(setup.jugfile), since: Date.now() }),
    onDamaged: (hash, reason) => report({ kind: "damaged", hash, reason }),
    onNewer: (text) => report({ kind: "note", text }),
    freeMemory,
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
  });
  const keepMemory = threadMemoryKeeper();
  session.results = {
    has: (hashes) => store.has(hashes),
    load: (hashes) => {
      // A single task may load very many results.
      keepMemory();
      return worker?.load(hashes) ?? store.load(hashes);
    },
    meta: (hashes) => store.meta(hashes),
    run: notHere,
    ensure: async (task) => await worker?.ensure(task),
    invalidate: notHere,
  };
  const { thread, options } = setup;
  worker = new Worker({
    session,
    store,
    claimant: claimantOf(setup),
    telemetry,
    options,
    shared,
    batch: setup.batch,
    failed: setup.failed,
    report: (message) => report(message),
    now: Date.now,
    keepMemory,
  });
  if (stopped !== undefined) worker.stop(stopped);
  if (options.inspectPort !== undefined) {
    const { waitForDebugger } = await import("../threads/debugger.ts");
    waitForDebugger(options.inspectPort, (text) => report({ kind: "note", text }));
  }
  const loading = loadJugfile(session, setup.jugfile);
  let loadFailed = false;
  loading.settled.then((outcome) => {
    if (outcome.kind === "loaded") {
      const note = thread === 0 ? unreadArgumentsNote(session) : undefined;
      if (note !== undefined) report({ kind: "note", text: note });
      return;
    }
    loadFailed = true;
    report({ kind: "load-failed", error: reportError(outcome.error) });
    worker?.stop({ kind: "failure" });
  });
  const end = await runInSession(session, () => worker?.run(loading));
  if (end === undefined) return;
  account = () => ({ ...worker?.account() ?? end, isLoaded: end.isLoaded && !loadFailed });
  // A task that was given up may still use the backend, and so may hooks.
  if (end.stopped === undefined && !end.hasFinishHooks) await backend.close();
  report({ kind: "ended", end: loadFailed ? { ...end, isLoaded: false } : end });
}

function notHere(): never {
  throw new Error("a jugfile that jug runs cannot run or invalidate tasks itself");
}

/**
 * Guards what the jugfile counters with its process: the coordinator must hear of a call that ends this thread, and only
 * one thread may show what the top level prints.
 */
function guardGlobals({ thread, isWatched }: WorkerSetup): void {
  guardThread({
    onEnd(call, place) {
      worker?.halt();
      report({ kind: "exit-called", call, place });
    },
    onStrayError: breakDownAstray,
  });
  // All threads load the jugfile, but only the first shows what its top level prints.
  const write = (stream: "stdout" | "stderr", text: string) =>
    report({ kind: "output", hash: undefined, label: undefined, stream, text });
  const tell = isWatched ? write : undefined;
  redirectConsole({ showsTopLevel: thread === 0, tell });
  if (tell !== undefined) redirectTerminal(thread === 0 ? tell : () => {});
}
