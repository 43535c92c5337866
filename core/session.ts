/**
 * The session: one loading of one jugfile, with its tasks, its arguments and the results it sees.
 *
 * `globalThis` holds one AsyncLocalStorage under a versioned symbol, the only hidden state there is. Its store is the
 * current session; it follows dynamic imports, barriers and promises, so sessions do not touch each other, and copies of the
 * library that a jugfile reaches by another path declare into the same one.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Hash, Node } from "./brand.ts";
import { callerOf, type Place } from "./caller.ts";
import { JugError } from "./errors.ts";
import type { AnyFunction } from "./types.ts";

/** What a TaskGenerator knows of its function. */
export interface TaskDefinition {
  /** `module.function`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly fn: AnyFunction;
}

/** A task as the engine sees it, whichever copy of the library made it. */
export interface DeclaredTask extends Node {
  readonly "jug.kind": "task";
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  /** Tasks and tasklets among the arguments, once each. */
  readonly dependencies: readonly Node[];
  /** Where it was declared. */
  readonly session: Session;
}

/** What a load found. */
export type Loaded = { readonly kind: "found"; readonly value: unknown } | { readonly kind: "missing" };

/** What a session can do with tasks once an engine stands behind it. */
export interface Results {
  /** Which of these tasks have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Freshly decoded results. */
  load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>>;
  /** Runs one task now, in this thread, and stores its result. */
  run(task: DeclaredTask): Promise<unknown>;
  /** Removes the results of this task and of all that depend on it; answers how many there were. */
  invalidate(task: DeclaredTask): Promise<number>;
}

/** A point of the jugfile that waits. */
export interface Barrier {
  /** The tasks that must be finished. */
  readonly waitsFor: readonly Hash[];
  /** Where it stands. */
  readonly place: Place | undefined;
}

/** Who decides when a barrier opens. */
export interface BarrierKeeper {
  /** Resolves when every task that the barrier waits for is finished. */
  hold(barrier: Barrier): Promise<void>;
}

/** One loading of one jugfile. */
export interface Session {
  /** Path or URL of the jugfile, `undefined` for a script that declares tasks itself. */
  readonly jugfile: string | undefined;
  /** The strings that follow the jugfile on the command line. */
  readonly args: readonly string[];
  /** Whether the command line runs it. */
  readonly isJugRunning: boolean;
  /** In the order of their declaration. */
  readonly tasks: Map<Hash, DeclaredTask>;
  /** Which function bears a name. */
  readonly names: Map<string, AnyFunction>;
  /** `loaded`: the module has settled and no barrier is pending, so nothing more may be declared. */
  phase: "loading" | "loaded";
  /** What was chosen by `setJugdir`. */
  jugdir: string | undefined;
  results: Results | undefined;
  keeper: BarrierKeeper | undefined;
  /** Called for each new task. */
  onDeclare: ((task: DeclaredTask) => void) | undefined;
}

/** What runs right now: a session's jugfile, or one of its tasks. */
interface Current {
  readonly session: Session;
  readonly task: DeclaredTask | undefined;
}

interface Handle {
  readonly storage: AsyncLocalStorage<Current>;
  /** The session of a script that runs without jug. */
  script: Session | undefined;
}

const HANDLE = Symbol.for("jug.session.1");

function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null && "storage" in value;
}

function handle(): Handle {
  const there: unknown = Reflect.get(globalThis, HANDLE);
  if (isHandle(there)) return there;
  const made: Handle = { storage: new AsyncLocalStorage(), script: undefined };
  Object.defineProperty(globalThis, HANDLE, { value: made });
  return made;
}

/** Options of {@linkcode createSession}. */
export interface SessionOptions {
  readonly jugfile?: string | undefined;
  readonly args?: readonly string[];
  readonly isJugRunning?: boolean;
  readonly jugdir?: string | undefined;
}

/** A session with nothing declared. */
export function createSession(options: SessionOptions = {}): Session {
  return {
    jugfile: options.jugfile,
    args: options.args ?? [],
    isJugRunning: options.isJugRunning ?? false,
    tasks: new Map(),
    names: new Map(),
    phase: "loading",
    jugdir: options.jugdir,
    results: undefined,
    keeper: undefined,
    onDeclare: undefined,
  };
}

/** Calls `fn` with `session` as the current one, for all that it starts. */
export function runInSession<R>(session: Session, fn: () => R): R {
  return handle().storage.run({ session, task: undefined }, fn);
}

/** Calls `fn` as the work of `task`. */
export function runInTask<R>(session: Session, task: DeclaredTask, fn: () => R): R {
  return handle().storage.run({ session, task }, fn);
}

/** The current session; a script that runs without jug gets one of its own. */
export function currentSession(): Session {
  const shared = handle();
  return shared.storage.getStore()?.session ?? (shared.script ??= createSession({ args: Deno.args }));
}

/** Makes `session` the one of a script that runs without jug. */
export function setScriptSession(session: Session): void {
  handle().script = session;
}

/** The task whose function runs now, if any. */
export function currentTask(): DeclaredTask | undefined {
  return handle().storage.getStore()?.task;
}

/** Refuses `action` inside a running task and after loading. */
export function requireLoading(session: Session, action: string): void {
  const task = currentTask();
  if (task !== undefined) {
    throw new JugError("usage", `${action} inside the running task ${task.name}`, {
      remedy: "Call the plain function instead, or declare the task at the top level of the jugfile",
    });
  }
  if (session.phase === "loaded") {
    throw new JugError("usage", `${action} after the jugfile was loaded`, {
      remedy: "Declare tasks and await barriers while the module loads: await what you start at its top level",
    });
  }
}

/** Holds the caller until the tasks of `waitsFor` are finished. */
export async function suspend(
  session: Session,
  waitsFor: readonly Hash[],
  name: string,
  callee: AnyFunction,
): Promise<void> {
  requireLoading(session, `${name}() was called`);
  const barrier: Barrier = { waitsFor, place: callerOf(callee) };
  if (session.keeper === undefined) {
    throw new JugError("usage", `${name}() has nobody to run the tasks it waits for`, {
      remedy: "Run the script with `jug execute`, or `await execute()` before the barrier",
    });
  }
  await session.keeper.hold(barrier);
}
