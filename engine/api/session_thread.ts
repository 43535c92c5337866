/**
 * The thread that loads a session's jugfile. A module's code runs only once per thread, however often it is imported,
 * so each session has its own thread.
 *
 * @module
 */
import { backendOnPort, packError } from "../../backends/backend_port.ts";
import type { Hash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import { formatArguments } from "../../core/format.ts";
import { taskPattern } from "../../core/pattern.ts";
import { joinParts } from "../../core/value/byte_parts.ts";
import { encodePayload } from "../../core/value/payload.ts";
import { type DeclaredTask, runInSession } from "../../core/session/session.ts";
import { value } from "../../core/session/value.ts";
import { errorText, reportError } from "../results/error_report.ts";
import { inspectJugfile, type JugfileInspection } from "../inspect/inspect.ts";
import { keepLifeline } from "../threads/thread_end.ts";
import type {
  FromSession,
  SessionCall,
  SessionCalls,
  SessionLoad,
  SessionSetup,
  ToSession,
  Wanted,
} from "./session_messages.ts";
import { SessionResults } from "../inspect/session_results.ts";
import { statesOf } from "../inspect/task_state.ts";
import { endedText, guardThread } from "../threads/thread_guard.ts";
import { threadScope } from "../threads/thread_scope.ts";

const scope = threadScope<ToSession, FromSession>();
let opened: JugfileInspection | undefined;

scope.onmessage = async ({ data }) => {
  if ("kind" in data) return keepLifeline(data);
  try {
    scope.postMessage({ id: data.id, answer: await answer(data) });
  } catch (error) {
    scope.postMessage({ id: data.id, error: packError(error) });
  }
};

// If only this thread ended, the session would wait forever.
guardThread({
  onEnd: (call, place) => scope.postMessage({ broken: endedText(call, place) }),
  onStrayError: (thrown) =>
    scope.postMessage({ broken: `${errorText(reportError(thrown))} (nobody awaits or catches this)` }),
});

function answer(message: SessionCall): Promise<SessionCalls[keyof SessionCalls]["answers"]> {
  switch (message.call) {
    case "open":
      return open(message.ask);
    case "load":
      return load(inspection());
    case "tasks":
      return listTasks(inspection());
    case "value":
      return readValue(inspection(), message.ask);
    case "invalidate":
      return invalidate(inspection(), message.ask);
    case "close":
      return inspection().close();
    default:
      return message satisfies never;
  }
}

function inspection(): JugfileInspection {
  if (opened === undefined) throw new Error("the session was not opened");
  return opened;
}

async function open({ jugfile, address, args, store }: SessionSetup): Promise<SessionLoad> {
  const backend = store === undefined ? {} : { backend: backendOnPort(store, address) };
  // The program decides what appears on its stderr.
  opened = await inspectJugfile({ jugfile, address, args, onSlow: () => {}, ...backend });
  opened.session.results = new SessionResults(opened.session, opened.store);
  return stateOfLoad(opened);
}

async function load(inspection: JugfileInspection): Promise<SessionLoad> {
  await inspection.load();
  return stateOfLoad(inspection);
}

function stateOfLoad({ barrier, exportsSoFar }: JugfileInspection): SessionLoad {
  return { isLoaded: barrier === undefined, barrier, exports: Object.keys(exportsSoFar.values) };
}

async function listTasks({ session, backend }: JugfileInspection) {
  const tasks = [...session.tasks.values()];
  const states = await statesOf(backend, tasks);
  return tasks.map((task) => ({
    hash: task.hash,
    name: task.name,
    args: formatArguments(task.args),
    state: states.get(task.hash) ?? "waiting",
  }));
}

async function readValue(inspection: JugfileInspection, wanted: Wanted) {
  const { label, root } = findWanted(inspection, wanted);
  // Copy the payload: it may be part of a larger buffer, which would be sent with it.
  const { codec, parts } = encodePayload(await runInSession(inspection.session, () => value(root)), label);
  return { codec, bytes: new Uint8Array(joinParts(parts)) };
}

function findWanted({ session, exportsSoFar, barrier }: JugfileInspection, wanted: Wanted) {
  if ("hash" in wanted) return { label: "the task", root: declared(session.tasks, wanted.hash) };
  const { name } = wanted;
  const { values } = exportsSoFar;
  if (Object.hasOwn(values, name)) return { label: name, root: values[name] };
  if (barrier !== undefined) {
    throw new JugError(
      "missing",
      `no export ${JSON.stringify(name)} above the barrier at ${barrier.file}:${barrier.line}`,
      {
        remedy: "Call `await session.execute()` first",
      },
    );
  }
  throw new JugError("usage", `the jugfile has no export ${JSON.stringify(name)}`, {
    remedy: `The exports are ${Object.keys(values).join(", ")}`,
  });
}

function declared<T>(tasks: ReadonlyMap<Hash, T>, hash: Hash): T {
  const task = tasks.get(hash);
  if (task !== undefined) return task;
  throw new JugError("usage", `the session has no task ${hash.slice(0, 8)}`, {
    remedy: "Pass a task that tasks() returns",
  });
}

async function invalidate(inspection: JugfileInspection, which: string | readonly Hash[]): Promise<number> {
  const { session, store } = inspection;
  const tasks = typeof which === "string"
    ? await matching(session.tasks, which)
    : which.map((hash) => declared(session.tasks, hash));
  return tasks.length === 0 ? 0 : await new SessionResults(session, store).invalidateAll(tasks);
}

async function matching(tasks: ReadonlyMap<Hash, DeclaredTask>, text: string): Promise<DeclaredTask[]> {
  const pattern = taskPattern(text);
  const found = [...tasks.values()].filter((task) => pattern.matches(task.name));
  if (found.length > 0) return found;
  const { noMatchError } = await import("../../core/remedy/no_match.ts");
  throw noMatchError(pattern, [...tasks.values()].map((task) => task.name));
}
