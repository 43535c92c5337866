/**
 * The session: one load of one jugfile, with its tasks, its arguments and its access to results.
 *
 * `globalThis` holds one AsyncLocalStorage under a versioned symbol; this is the only hidden state in the library. The
 * store of the AsyncLocalStorage is the current session. It follows dynamic imports, barriers and promises, so sessions
 * are independent of each other. If a jugfile imports another copy of the library, both copies use the same session.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { BarrierKeeper } from "./barrier_keeper.ts";
import type { Hash, Node } from "../brand.ts";
import { isForeignFile, isPartOf, LIBRARY } from "../caller.ts";
import { JugError } from "../errors.ts";
import type { RecordMeta } from "../value/record.ts";
import type { TaskContext } from "./context.ts";
import type { Frame } from "./frame.ts";
import type { AnyFunction, RunOptions, TaskOptions } from "../types.ts";

/** The function of a TaskGenerator, with its name, version and options. */
export interface TaskDefinition {
  /** The name of the tasks, `module.function`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly fn: AnyFunction;
  /** The user's functions whose source text determines what the tasks do. It is not part of the hash. */
  readonly code?: readonly AnyFunction[] | undefined;
  /** Options that control how the tasks are run. They are not part of the hash. */
  readonly options?: RunOptions | undefined;
  /** Which arguments are neither recorded nor printed: see core/declare/secret.ts. Not part of the hash either. */
  readonly secretArguments?: TaskOptions["secretArguments"];
}

/** The engine's view of a task, of this copy of the library or another. */
export interface DeclaredTask extends Node {
  readonly "jug.kind": "task";
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  /** The tasks and tasklets among the arguments, once each; for an opened compound task also those that it returned. */
  readonly dependencies: readonly Node[];
  /** The session in which it was declared. */
  readonly session: Session;
  /** Set for a compound task: see core/declare/compound.ts. */
  readonly compound?: Compound | undefined;
}

/** The part of a compound task that declares further tasks if its own result is missing. */
export interface Compound {
  /** Whether the function was called and has ended, so that all dependencies are known. */
  readonly isOpen: boolean;
  /** The frame of the call. Missing in the tasks of older copies of this library. */
  readonly frame?: Frame;
  /** The arguments of the task's own function: what the call returned. Throws if the task is unopened. */
  readonly runArgs: readonly unknown[];
  /** Calls the function, once. Resolves when it has ended; rejects if it threw or returned something invalid. */
  open(): Promise<void>;
}

/** The outcome of loading one result. `trace`: the trace context of the run that computed it, if that was stored. */
export type Loaded =
  | { readonly kind: "found"; readonly value: unknown; readonly trace?: string }
  | { readonly kind: "missing" };

/** The session's access to results. The engine provides it. */
export interface Results {
  /** Returns those of these tasks that have a result. */
  has(hashes: readonly Hash[]): Promise<Set<Hash>>;
  /** Loads results, decoded anew at each call. */
  load(hashes: readonly Hash[]): Promise<Map<Hash, Loaded>>;
  /** Returns when and where these tasks were run, for those that have a result. */
  meta(hashes: readonly Hash[]): Promise<Map<Hash, RecordMeta>>;
  /** Runs one task now, in this thread, and stores its result. */
  run(task: DeclaredTask): Promise<unknown>;
  /** Resolves when the task has a result. Runs it now, in this thread, unless another process is running it. */
  ensure(task: DeclaredTask): Promise<void>;
  /** Removes the results of this task and of all that depend on it. Returns the number of results removed. */
  invalidate(task: DeclaredTask): Promise<number>;
}

/** One load of one jugfile. */
export interface Session {
  /** The path or URL of the jugfile; `undefined` for a script that declares tasks itself. */
  readonly jugfile: string | undefined;
  /** The arguments after the jugfile on the command line. */
  readonly args: readonly string[];
  /** The indices of the arguments that were read. Missing in the sessions of older copies of this library. */
  readonly readArguments?: Set<number>;
  /** Whether the command line runs the jugfile. */
  readonly isJugRunning: boolean;
  /** The tasks, in the order of declaration. */
  readonly tasks: Map<Hash, DeclaredTask>;
  /** The function that owns each name. */
  readonly names: Map<string, AnyFunction>;
  /**
   * The module (a URL or a path) that gave each function to jug. Missing in the sessions of older copies of this
   * library.
   */
  readonly modules?: WeakMap<AnyFunction, string>;
  /** `loaded`: the module has settled and no barrier is pending, so nothing more may be declared. */
  phase: "loading" | "loaded";
  /** The address of the jugdir, if one was chosen by `setJugdir` or at creation. */
  jugdir: string | undefined;
  /** The access to results; `undefined` while no jugdir is open. */
  results: Results | undefined;
  /** Opens barriers; `undefined` if nothing runs the tasks that a barrier would wait for. */
  keeper: BarrierKeeper | undefined;
  /** Called for each new task. */
  onDeclare: ((task: DeclaredTask) => void) | undefined;
  /** The hooks by the name of their event: see core/session/hooks.ts. */
  readonly hooks: Map<string, readonly HookFunction[]>;
  /** The registrations made by `registerHookOnce`. */
  readonly onceHooks: Set<string>;
  /** The limits of the run that the jugfile asked for. */
  readonly limits: RunLimits;
  /** Aborted when running tasks are abandoned. */
  readonly cancel: AbortController;
}

/** A hook of any event. */
export type HookFunction = (payload: never, run: HookRun) => unknown;

/**
 * The control that a hook has over the run.
 *
 * @category Hooks
 */
export interface HookRun {
  /**
   * Ends the run after the current task, as if a limit were reached: the exit status is 0.
   *
   * @param reason Why the run ends, to be printed.
   */
  stop(reason: string): void;
}

/** The limits that the jugfile set for the run. */
export interface RunLimits {
  /**
   * The number of tasks that may still begin, for all workers of the process together. A worker moves it to the shared
   * counters and then sets it back to `undefined`.
   */
  tasks: number | undefined;
  /** The time after which no task begins, in milliseconds since 1970. */
  deadline: number | undefined;
  /** Paths of files; the run ends if one of them exists. */
  readonly files: string[];
}

/** The code that runs now: a session's jugfile, a compound task's function, or a task. */
interface Current {
  readonly session: Session;
  readonly task: DeclaredTask | undefined;
  readonly frame: Frame | undefined;
  readonly context: TaskContext | undefined;
}

interface Handle {
  readonly storage: AsyncLocalStorage<Current>;
  /** The session for code that runs in no session: that of a script without jug, or of the jugfile being inspected. */
  script: Session | undefined;
  /** The root URLs of all copies of this library that are in use. Missing if an older copy made the handle. */
  readonly libraries?: Set<string>;
  /** Callbacks that wait for the namespace of a loading module, by its URL: see engine/load/namespace.ts. */
  readonly namespaces?: Map<string, (namespace: object) => void>;
}

const HANDLE = Symbol.for("jug.session.1");

function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null && "storage" in value;
}

let known: Handle | undefined;

/** Returns the handle, of this copy of the library or another. It never changes, so this module keeps it. */
function handle(): Handle {
  if (known === undefined) {
    known = findHandle();
    known.libraries?.add(LIBRARY);
  }
  return known;
}

/** Whether the module at `url` belongs to a copy of this library that is in use. */
export function isLibraryModule(url: string): boolean {
  return isForeignFile(url) || [...handle().libraries ?? []].some((root) => isPartOf(root, url));
}

function findHandle(): Handle {
  const there: unknown = Reflect.get(globalThis, HANDLE);
  if (isHandle(there)) return there;
  const made: Handle = {
    storage: new AsyncLocalStorage(),
    script: undefined,
    libraries: new Set(),
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

/** Creates a session without tasks. */
export function createSession(options: SessionOptions = {}): Session {
  return {
    jugfile: options.jugfile,
    args: options.args ?? [],
    readArguments: new Set(),
    isJugRunning: options.isJugRunning ?? false,
    tasks: new Map(),
    names: new Map(),
    modules: new WeakMap(),
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

/**
 * Registers `take` to be called with the namespace of the module at `url` as soon as the module's body begins. Returns
 * a function that removes the registration.
 */
export function onNamespace(url: string, take: (namespace: object) => void): () => void {
  const { namespaces } = handle();
  namespaces?.set(url, take);
  return () => namespaces?.delete(url);
}

/** Calls `fn` with `session` as the current session, also for everything that `fn` starts asynchronously. */
export function runInSession<R>(session: Session, fn: () => R): R {
  return handle().storage.run({ session, task: undefined, frame: undefined, context: undefined }, fn);
}

/** Calls `fn` as the function of a compound task. */
export function runInFrame<R>(session: Session, frame: Frame, fn: () => R): R {
  return handle().storage.run({ session, task: undefined, frame, context: undefined }, fn);
}

/** Calls `fn` as the function of `task`. */
export function runInTask<R>(session: Session, task: DeclaredTask, fn: () => R, context?: TaskContext): R {
  return handle().storage.run({ session, task, frame: undefined, context }, fn);
}

/** Returns the current session. Code that runs in no session gets the script session, which is created if needed. */
export function currentSession(): Session {
  const shared = handle();
  return shared.storage.getStore()?.session ?? (shared.script ??= createSession({ args: Deno.args }));
}

/**
 * Makes `session` the session for code that runs in no session: the rest of a script, and callbacks of the runtime.
 * Returns a function that restores the former one.
 */
export function setScriptSession(session: Session): () => void {
  const shared = handle();
  const former = shared.script;
  shared.script = session;
  return () => {
    if (shared.script === session) shared.script = former;
  };
}

/** Returns the task whose function runs now, if any. */
export function currentTask(): DeclaredTask | undefined {
  return handle().storage.getStore()?.task;
}

/** Returns the context of the task whose function runs now, if any. */
export function currentContext(): TaskContext | undefined {
  return handle().storage.getStore()?.context;
}

/** Returns the frame of the compound task whose function runs now, if any. */
export function currentFrame(): Frame | undefined {
  return handle().storage.getStore()?.frame;
}

/**
 * Rejects `action` (a clause for the message) inside a running task and after loading. In the function of a compound
 * task, loading ends when the function ends.
 *
 * @throws {JugError} of kind "usage".
 */
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
      remedy: "Declare tasks and await barriers while the module loads, and await asynchronous work at its top level",
    });
  }
}
