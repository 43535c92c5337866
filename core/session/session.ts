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
import type { BarrierKeeper } from "./barrier_keeper.ts";
import type { Hash, Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import type { RecordMeta } from "../value/record.ts";
import type { TaskContext } from "./context.ts";
import type { Frame } from "./frame.ts";
import type { AnyFunction, RunOptions } from "../types.ts";

/** What a TaskGenerator knows of its function. */
export interface TaskDefinition {
  /** `module.function`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly fn: AnyFunction;
  /** The user's functions whose text says what the tasks do; nothing of it is part of the hash. */
  readonly code?: readonly AnyFunction[] | undefined;
  /** How it is to be run; nothing of it is part of the hash. */
  readonly options?: RunOptions | undefined;
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
  /** Set for a compound task: see core/declare/compound.ts. */
  readonly compound?: Compound | undefined;
}

/** What a compound task stands for: its function declares further tasks, unless its own result is there. */
export interface Compound {
  /** Whether the function was called and is over, so that all dependencies are known. */
  readonly isOpen: boolean;
  /** The function at its work. Missing in the tasks of earlier copies of this library. */
  readonly frame?: Frame;
  /** The arguments of the task's own function, which takes the results of what was declared. */
  readonly runArgs: readonly unknown[];
  /** Calls the function, once; resolves when it is over and rejects with what it threw. */
  open(): Promise<void>;
}

/** What a load found. */
export type Loaded = { readonly kind: "found"; readonly value: unknown } | { readonly kind: "missing" };

/** What a session can do with tasks once an engine stands behind it. */
export interface Results {
  /** Which of these tasks have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Freshly decoded results. */
  load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>>;
  /** When and where each of these was run, for those that have a result. */
  meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>>;
  /** Runs one task now, in this thread, and stores its result. */
  run(task: DeclaredTask): Promise<unknown>;
  /** Resolves when the task has a result: runs it at once, here, unless somebody else is at it. */
  ensure(task: DeclaredTask): Promise<void>;
  /** Removes the results of this task and of all that depend on it; answers how many there were. */
  invalidate(task: DeclaredTask): Promise<number>;
}

/** One loading of one jugfile. */
export interface Session {
  /** Path or URL of the jugfile, `undefined` for a script that declares tasks itself. */
  readonly jugfile: string | undefined;
  /** The strings that follow the jugfile on the command line. */
  readonly args: readonly string[];
  /** The indices of those that somebody looked at. Missing in the sessions of earlier copies of this library. */
  readonly readArguments?: Set<number>;
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
  /** What is called when something happens, by the event's name: see core/session/hooks.ts. */
  readonly hooks: Map<string, readonly HookFunction[]>;
  /** Which registrations were made by `registerHookOnce`. */
  readonly onceHooks: Set<string>;
  /** What the jugfile asked of the run. */
  readonly limits: RunLimits;
  /** Aborted when running tasks are given up. */
  readonly cancel: AbortController;
}

/** A hook, whatever its event. */
export type HookFunction = (payload: never, run: HookRun) => unknown;

/**
 * What a hook may do to the run.
 *
 * @category Hooks
 */
export interface HookRun {
  /** Ends the run after the current task, as a limit that was asked for: the exit status is 0. */
  stop(reason: string): void;
}

/** When the run is to end early, as the jugfile asked. */
export interface RunLimits {
  /** So many tasks more, all workers of the process together. A worker takes it over and sets it back. */
  tasks: number | undefined;
  /** Milliseconds since 1970. */
  deadline: number | undefined;
  /** Files whose existence ends it. */
  readonly files: string[];
}

/** What runs right now: a session's jugfile, a compound task's function, or a task. */
interface Current {
  readonly session: Session;
  readonly task: DeclaredTask | undefined;
  readonly frame: Frame | undefined;
  readonly context: TaskContext | undefined;
}

interface Handle {
  readonly storage: AsyncLocalStorage<Current>;
  /** The session of whatever runs in none: that of a script without jug, or of the jugfile that is looked at. */
  script: Session | undefined;
  /** Who waits for the namespace of a module that is being loaded, by its URL: see engine/load/namespace.ts. */
  readonly namespaces?: Map<string, (namespace: object) => void>;
}

const HANDLE = Symbol.for("jug.session.1");

function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null && "storage" in value;
}

let known: Handle | undefined;

/** The handle, whichever copy of the library made it. It never changes, so one look is enough. */
function handle(): Handle {
  return known ??= findHandle();
}

function findHandle(): Handle {
  const there: unknown = Reflect.get(globalThis, HANDLE);
  if (isHandle(there)) return there;
  const made: Handle = {
    storage: new AsyncLocalStorage(),
    script: undefined,
    namespaces: new Map(),
  };
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
    readArguments: new Set(),
    isJugRunning: options.isJugRunning ?? false,
    tasks: new Map(),
    names: new Map(),
    phase: "loading",
    jugdir: options.jugdir,
    results: undefined,
    keeper: undefined,
    onDeclare: undefined,
    hooks: new Map(),
    onceHooks: new Set(),
    limits: { tasks: undefined, deadline: undefined, files: [] },
    cancel: new AbortController(),
  };
}

/** Has `take` called with the namespace of the module at `url` as soon as its body begins; the answer ends that. */
export function onNamespace(url: string, take: (namespace: object) => void): () => void {
  const { namespaces } = handle();
  namespaces?.set(url, take);
  return () => namespaces?.delete(url);
}

/** Calls `fn` with `session` as the current one, for all that it starts. */
export function runInSession<R>(session: Session, fn: () => R): R {
  return handle().storage.run({ session, task: undefined, frame: undefined, context: undefined }, fn);
}

/** Calls `fn` as the function of a compound task. */
export function runInFrame<R>(session: Session, frame: Frame, fn: () => R): R {
  return handle().storage.run({ session, task: undefined, frame, context: undefined }, fn);
}

/** Calls `fn` as the work of `task`. */
export function runInTask<R>(session: Session, task: DeclaredTask, fn: () => R, context?: TaskContext): R {
  return handle().storage.run({ session, task, frame: undefined, context }, fn);
}

/** The current session: where none is, that of the process. A script that runs without jug gets one of its own. */
export function currentSession(): Session {
  const shared = handle();
  return shared.storage.getStore()?.session ?? (shared.script ??= createSession({ args: Deno.args }));
}

/** Makes `session` the one of whatever runs in no session: the rest of a script, what the runtime calls; the answer ends that. */
export function setScriptSession(session: Session): () => void {
  const shared = handle();
  const former = shared.script;
  shared.script = session;
  return () => {
    if (shared.script === session) shared.script = former;
  };
}

/** The task whose function runs now, if any. */
export function currentTask(): DeclaredTask | undefined {
  return handle().storage.getStore()?.task;
}

/** The context of the task whose function runs now, if any. */
export function currentContext(): TaskContext | undefined {
  return handle().storage.getStore()?.context;
}

/** The compound task whose function runs now, if any. */
export function currentFrame(): Frame | undefined {
  return handle().storage.getStore()?.frame;
}

/** Refuses `action` inside a running task and after loading. */
export function requireLoading(session: Session, action: string): void {
  const task = currentTask();
  if (task !== undefined) {
    throw new JugError("usage", `${action} inside the running task ${task.name}`, {
      remedy: "Call the plain function instead, or declare the task at the top level of the jugfile",
    });
  }
  const frame = currentFrame();
  if (frame === undefined ? session.phase === "loaded" : frame.isOver) {
    throw new JugError("usage", `${action} after the jugfile was loaded`, {
      remedy: "Declare tasks and await barriers while the module loads: await what you start at its top level",
    });
  }
}
