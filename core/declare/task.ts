/**
 * Tasks: named functions with arguments, identified by a hash of both.
 *
 * @module
 */
import { withListOfNow } from "../session/args.ts";
import { type Hash, isNode, type Node } from "../brand.ts";
import { isJugError, JugError } from "../errors.ts";
import { formatArguments } from "../format.ts";
import { areFinished, evaluate, refuseJson, resultsOf } from "../session/evaluate.ts";
import { hashTask, type Identity } from "../value/hash.ts";
import { givenArguments } from "./map_call.ts";
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

/** A task, with what a program or the shell may do with it. */
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

/** Declares the task `definition(...args)` in the current session, once: the same call again gives the same task. */
export function declareTask(definition: TaskDefinition, args: readonly unknown[]): Task<unknown> {
  const session = currentSession();
  return asTask(declareIn(session, definition, args, ({ hash, dependencies }, given) => {
    return new TaskObject(hash, definition, given, dependencies, session);
  }));
}

/** Declares what `make` makes of a call, unless the same call is declared already. */
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
    // Arguments may be deep and V8 keeps ten frames, so the user's own would be lost.
    if (isJugError(error)) Error.captureStackTrace(error, declareTask);
    throw error;
  }
}

/** The one place where the engine's view of a task becomes the user's typed one. */
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
 * Whether `value` is a task.
 *
 * @category Tasks
 */
export function isTask(value: unknown): value is Task<unknown> {
  return isNode(value) && value["jug.kind"] === "task";
}

/**
 * Makes a function declare tasks: calling the generator runs nothing, but gives a {@linkcode Task} that `jug execute` runs
 * once, anywhere, and whose result is kept.
 *
 * Tasks are named `module.function` after the file that calls `TaskGenerator` and the function's own name, and identified by a
 * hash of name, `version` and arguments. Arguments may be tasks, and may hold tasks at any depth of arrays and plain objects:
 * the function gets their results.
 *
 * @param fn The function that a task runs, synchronous or asynchronous. It gets copies of its arguments.
 * @param options A `name` for a function that has none, and a `version` to change when its meaning changes.
 * @throws {JugError} where the function has no name, or another function of this module bears it.
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
 * Makes a generic function declare tasks. It keeps its type parameters; what comes of it is then a plain function to
 * TypeScript, without `f` and the other marks, since the compiler carries type parameters over to nothing else.
 *
 * @param fn The function that a task runs.
 * @param options A `name` for a function that has none, and a `version` to change when its meaning changes.
 * @throws {JugError} where the function has no name, or another function of this module bears it.
 * @category Tasks
 */
export function TaskGenerator<P extends unknown[], R>(
  fn: (...args: P) => R,
  options?: TaskOptions,
): (...args: GenericArgs<P>) => Task<ValueOf<Awaited<R>>>;
export function TaskGenerator(fn: AnyFunction, options: TaskOptions = {}): unknown {
  const { name, version } = qualifiedName(TaskGenerator, "TaskGenerator", fn, { ...options, takesName: true });
  return makeGenerator(fn, { name, version, fn, options: runOptions(name, options) });
}

/**
 * What `TaskGenerator` makes of a function: see {@linkcode GeneratorOf}.
 *
 * @category Tasks
 */
export type TaskGenerator<F extends AnyFunction> = GeneratorOf<F>;

/** A generator for a definition that has its name already. */
export function makeGenerator<F extends AnyFunction>(fn: F, named: TaskDefinition): GeneratorOf<F> {
  const definition: TaskDefinition = { ...named, code: [fn] };
  claimName(currentSession(), definition.name, fn);
  function generator(...args: unknown[]): Task<unknown> {
    return declareTask(definition, givenArguments(definition, args, generator));
  }
  Object.defineProperties(generator, {
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
