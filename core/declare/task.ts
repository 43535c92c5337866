/**
 * Tasks: named functions with arguments, identified by a hash of both.
 *
 * @module
 */
import { withListOfNow } from "../session/jugfile_args.ts";
import { type Hash, isNode, type Node } from "../brand.ts";
import { isJugError, JugError } from "../errors.ts";
import { formatArguments } from "../format.ts";
import { areFinished, evaluate, refuseJson, resultsOf } from "../session/evaluate.ts";
import { hashTask, type Identity } from "../value/hash.ts";
import { MapCalls } from "./map_call.ts";
import { claimName, qualifiedName } from "./names.ts";
import { runOptions } from "./run_options.ts";
import {
  currentFrame,
  currentSession,
  type DeclaredTask,
  requireLoading,
  type Session,
  type TaskDefinition,
} from "../session/session.ts";
import { concealed } from "./secret.ts";
import { taskletGet } from "./tasklet.ts";
import { guardGenerator, refuseLater } from "./used_as_value.ts";
import type {
  AnyFunction,
  Callable,
  GeneratorOf,
  GenericArgs,
  OptionsOf,
  Task,
  TaskOptions,
  ValueOf,
} from "../types.ts";

/** A task, with the methods that programs and the shell use. */
export class TaskObject implements DeclaredTask {
  declare readonly "jug.kind": "task";
  constructor(
    readonly hash: Hash,
    readonly definition: TaskDefinition,
    readonly args: readonly unknown[],
    public dependencies: readonly Node[],
    readonly session: Session,
  ) {}

  get name(): string {
    return this.definition.name;
  }

  get f(): AnyFunction {
    return this.definition.fn;
  }

  get(key: unknown): unknown {
    return taskletGet(this, key);
  }

  run(): Promise<unknown> {
    return resultsOf(this).run(this);
  }

  canRun(): Promise<boolean> {
    return areFinished(this.dependencies);
  }

  canLoad(): Promise<boolean> {
    return areFinished([this]);
  }

  value(): Promise<unknown> {
    return evaluate(this);
  }

  invalidate(): Promise<number> {
    return resultsOf(this).invalidate(this);
  }

  toJSON(): never {
    return refuseJson(this);
  }

  toString(): never {
    return refuseLater(`the task ${this.#call()}`);
  }

  [Symbol.toPrimitive](): never {
    return this.toString();
  }

  [Symbol.for("Deno.customInspect")](): string {
    return `Task ${this.#call()}`;
  }

  #call(): string {
    return `${this.name}(${formatArguments(this.args)})`;
  }
}
Object.defineProperty(TaskObject.prototype, "jug.kind", { value: "task" });

/** Declares the task `definition(...args)` in the current session. The same call again returns the same task. */
export function declareTask(definition: TaskDefinition, args: readonly unknown[]): Task<unknown> {
  const session = currentSession();
  return asTask(declareIn(session, definition, args, ({ hash, dependencies }, given) => {
    return new TaskObject(hash, definition, given, dependencies, session);
  }));
}

/**
 * Declares a task that `make` creates, unless the same call is already declared: then returns that task.
 *
 * @throws {JugError} of kind "usage" inside a running task and after loading, if another function owns the name, if an
 * argument cannot be hashed, or if one is a task of another session.
 */
export function declareIn(
  session: Session,
  definition: TaskDefinition,
  args: readonly unknown[],
  make: (identity: Identity, args: readonly unknown[]) => DeclaredTask,
): DeclaredTask {
  requireLoading(session, `a task of ${definition.name} was declared`);
  claimName(session, definition.name, definition.fn);
  const identity = hashCall(definition, args);
  const { hash, dependencies } = identity;
  currentFrame()?.declared.push(hash);
  const there = session.tasks.get(hash);
  if (there !== undefined) return there;
  for (const node of dependencies) requireSameSession(session, definition.name, node);
  const task = make(identity, identity.hasLiveList ? args.map(withListOfNow) : args);
  session.tasks.set(hash, task);
  session.onDeclare?.(task);
  return task;
}

function hashCall({ name, version }: TaskDefinition, args: readonly unknown[]): Identity {
  try {
    return hashTask({ name, version, args });
  } catch (error) {
    // V8 keeps only ten frames. With deeply nested arguments, none of them would be the user's, so capture the stack
    // again.
    if (isJugError(error)) Error.captureStackTrace(error, declareTask);
    throw error;
  }
}

/** Casts the engine's view of a task to the public type. This is the only place that does so. */
export function asTask(task: DeclaredTask): Task<unknown> {
  return task as unknown as Task<unknown>;
}

function requireSameSession(session: Session, name: string, node: Node): void {
  if (node["jug.kind"] === "tasklet" || session.tasks.has(node.hash)) return;
  throw new JugError("usage", `${name}: its argument ${node.name} was declared in another session`, {
    remedy: "Declare both tasks in the same jugfile, or pass the task's value",
  });
}

/**
 * Whether `value` is a task, of this copy of the library or another.
 *
 * @category Tasks
 */
export function isTask(value: unknown): value is Task<unknown> {
  return isNode(value) && value["jug.kind"] === "task";
}

/**
 * Returns a generator, a function that declares tasks. A call of the generator does not run `fn`. It returns a
 * {@linkcode Task}, which `jug execute` runs once, in any worker, and whose result is stored.
 *
 * The name of the tasks is `module.function`, from the file that calls `TaskGenerator` and the function's own name. A
 * task is identified by a hash of its name, `version` and arguments. Arguments may be tasks, and may contain tasks at
 * any depth of arrays and plain objects: `fn` gets their results.
 *
 * @param fn The function that a task runs, synchronous or asynchronous. It gets copies of its arguments.
 * @param options A {@linkcode TaskOptions}: `name` for a function without a name, `version` to be changed when the
 * meaning of the function changes, `secretArguments` for arguments that jug must neither store nor print, and options
 * that control how the tasks are run. Default: none.
 * @throws {JugError} of kind "usage" if `fn` is not a function, is a class or a generator function (`function*`), or
 * has no name; if another function of this module has the same name; or if an option is unknown or invalid. A call of
 * the generator throws if an argument cannot be hashed, inside a running task, and after the jugfile was loaded.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator } from "jug";
 *
 * const double = TaskGenerator(function double(n: number) {
 *   return 2 * n;
 * });
 * const sum = TaskGenerator(function sum(ns: number[]) {
 *   return ns.reduce((a, b) => a + b, 0);
 * });
 *
 * export const total = sum([1, 2, 3].map(double));
 * ```
 *
 * @category Tasks
 */
export function TaskGenerator<F extends Callable>(fn: F, ...options: OptionsOf<F>): GeneratorOf<F>;
/**
 * Returns a generator for a generic function. It keeps the type parameters of `fn`. Its type is a plain function type,
 * without `f` and the other marks, since TypeScript carries type parameters over to plain functions only.
 *
 * @param fn The function that a task runs, synchronous or asynchronous. It gets copies of its arguments.
 * @param options As in the other overload. Default: none.
 * @throws {JugError} as the other overload does.
 * @category Tasks
 */
export function TaskGenerator<P extends unknown[], R>(
  fn: (...args: P) => R,
  options?: TaskOptions,
): (...args: GenericArgs<P>) => Task<ValueOf<Awaited<R>>>;
export function TaskGenerator(fn: AnyFunction, options: TaskOptions = {}): unknown {
  const { name, version } = qualifiedName(TaskGenerator, "TaskGenerator", fn, { ...options, takesName: true });
  const { secretArguments } = options;
  return makeGenerator(fn, { name, version, fn, options: runOptions(name, options), secretArguments });
}

/**
 * The type of a generator that `TaskGenerator` returns: see {@linkcode GeneratorOf}.
 *
 * @category Tasks
 */
export type TaskGenerator<F extends AnyFunction> = GeneratorOf<F>;

/** Returns a generator for a definition whose name is already qualified. */
export function makeGenerator<F extends AnyFunction>(fn: F, named: TaskDefinition): GeneratorOf<F> {
  const definition: TaskDefinition = { ...named, code: [fn] };
  const { secretArguments } = definition;
  claimName(currentSession(), definition.name, fn);
  const mapCalls = new MapCalls(definition);
  function generator(...args: unknown[]): Task<unknown> {
    return declareTask(definition, concealed(secretArguments, mapCalls.given(args, generator)));
  }
  Object.defineProperties(generator, {
    secretArguments: { value: secretArguments },
    "jug.kind": { value: "generator" },
    taskName: { value: definition.name },
    version: { value: definition.version },
    f: { value: fn },
    name: { value: fn.name },
    length: { value: fn.length },
  });
  guardGenerator(generator, `the TaskGenerator ${definition.name}`);
  return generator as unknown as GeneratorOf<F>;
}
