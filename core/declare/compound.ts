/**
 * Compound tasks: one task that stands for many. If its result is missing, its function is called while the jugfile
 * loads, and declares tasks. If the result exists, the function is not called. docs/compound.md describes this.
 *
 * Only the jugdir shows whether the result exists. So a compound task is declared *unopened*. A command that loads the
 * jugfile asks the backend for the result, as for any other task, and opens the compound task if there is none. The
 * function then declares tasks in its own frame (see core/session/frame.ts), even after the module has settled.
 *
 * @module
 */
import type { Identity } from "../value/hash.ts";
import { nodesInResult } from "../value/hash.ts";
import { JugError } from "../errors.ts";
import { requireKnownOptions } from "../known_options.ts";
import { MapCalls } from "./map_call.ts";
import { qualifiedName } from "./names.ts";
import type { Frame } from "../session/frame.ts";
import {
  type Compound,
  currentFrame,
  currentSession,
  runInFrame,
  type Session,
  type TaskDefinition,
} from "../session/session.ts";
import { asTask, declareIn, TaskObject } from "./task.ts";
import type { AnyFunction, Task, TaskOptions, ValueOf } from "../types.ts";
import { guardGenerator } from "./used_as_value.ts";

/** The function that runs as the task, after the returned tasks have finished: its result is what the call returned. */
function resultOf(returned: unknown): unknown {
  return returned;
}

class CompoundTaskObject extends TaskObject {
  readonly compound: CompoundCall;

  constructor(identity: Identity, named: TaskDefinition, args: readonly unknown[], session: Session, frame: Frame) {
    super(identity.hash, { ...named, fn: resultOf }, args, identity.dependencies, session);
    this.compound = new CompoundCall(this, named.fn, frame);
  }

  override get f(): AnyFunction {
    return this.compound.fn;
  }
}

/** The call that declares the tasks of a compound task. */
class CompoundCall implements Compound {
  #returned: readonly unknown[] | undefined;
  #opening: Promise<void> | undefined;

  constructor(readonly task: TaskObject, readonly fn: AnyFunction, readonly frame: Frame) {}

  get isOpen(): boolean {
    return this.#returned !== undefined;
  }

  get runArgs(): readonly unknown[] {
    if (this.#returned !== undefined) return this.#returned;
    throw new JugError("usage", `${this.task.name} is a compound task whose tasks are not declared`, {
      remedy: "Load the jugfile again: a compound task declares its tasks if its result is missing",
    });
  }

  open(): Promise<void> {
    this.#opening ??= this.#call();
    return this.#opening;
  }

  async #call(): Promise<void> {
    const { task, frame } = this;
    let returned: unknown;
    try {
      returned = await runInFrame(task.session, frame, () => Reflect.apply(this.fn, undefined, task.args));
    } finally {
      frame.isOver = true;
    }
    const dependencies = nodesInResult(returned, task.name);
    if (dependencies.some(({ hash }) => hash === task.hash)) {
      throw new JugError(
        "usage",
        `${task.name}: the function of this compound task returned the compound task itself`,
        {
          remedy: "Return the tasks that it declares",
        },
      );
    }
    // Keep the dependencies of the arguments: invalidating one of them must invalidate this task.
    task.dependencies = [...new Set([...task.dependencies, ...dependencies])];
    this.#returned = [returned];
  }
}

function declareCompound(definition: TaskDefinition, args: readonly unknown[]): Task<unknown> {
  const session = currentSession();
  const parent = currentFrame();
  const before = parent === undefined ? session.tasks.size : parent.declared.length;
  const declared = declareIn(session, definition, args, (identity, given) => {
    return new CompoundTaskObject(identity, definition, given, session, {
      parent,
      before,
      declared: [],
      isOver: false,
    });
  });
  if (declared.compound === undefined) {
    throw new JugError("usage", `${definition.name} was declared as a task and as a compound task`, {
      remedy: "Use it in one way only, or give one of the two another name",
    });
  }
  return asTask(declared);
}

/**
 * The type of the functions that {@linkcode CompoundTaskGenerator} returns: a call declares a compound task.
 *
 * @category Tasks
 */
export type CompoundGenerator<P extends readonly unknown[], R> = (...args: P) => Task<ValueOf<Awaited<R>>>;

/**
 * Declares a compound task: one task that stands for all tasks that `fn` declares. If its result is missing, `fn` is
 * called while the jugfile loads. What `fn` returns (a task, or tasks in arrays and plain objects) becomes the result,
 * with each task replaced by its result. Once the result is stored, `fn` is not called any more: only one finished task
 * is left, and the jugfile loads as fast as if the other tasks did not exist.
 *
 * `fn` gets its arguments unchanged: a task remains a task. It may be asynchronous, and may await `barrier()` and
 * `bvalue()`. `barrier()` then waits for the tasks declared before the compound task and for those that `fn` declared.
 * `fn` is called in every thread and by every command that loads the jugfile, so it should only declare tasks.
 *
 * @param fn A named function that declares tasks.
 * @param args The arguments of `fn`. With the function's name they identify the task, as for any other task.
 * @throws {JugError} of kind "usage" if `fn` is not a function or has no name, if another function of this module has
 * the same name, or if an argument cannot be hashed.
 *
 * @example Usage
 * ```ts
 * import { CompoundTask, TaskGenerator } from "jug";
 *
 * const simulate = TaskGenerator(function simulate(seed: number) {
 *   return Math.sin(seed);
 * });
 * const mean = TaskGenerator(function mean(ns: number[]) {
 *   return ns.reduce((a, b) => a + b, 0) / ns.length;
 * });
 *
 * function experiment(runs: number) {
 *   return mean(Array.from({ length: runs }, (_, seed) => simulate(seed)));
 * }
 *
 * export const result = CompoundTask(experiment, 1000);
 * ```
 *
 * @category Tasks
 */
export function CompoundTask<P extends readonly unknown[], R>(
  fn: (...args: P) => R,
  ...args: P
): Task<ValueOf<Awaited<R>>> {
  const { name } = qualifiedName(CompoundTask, "CompoundTask", fn, {});
  return declareCompound({ name, version: undefined, fn, code: [fn] }, args) as Task<ValueOf<Awaited<R>>>;
}

/**
 * Returns a function that declares a {@linkcode CompoundTask} each time it is called.
 *
 * @param fn A named function that declares tasks.
 * @param options `name`: the function's part of the task's name (default: the function's own name). `version`: a part
 * of the hash, to be changed when the meaning of the function changes (default: none).
 * @throws {JugError} of kind "usage" if `fn` is not a function or has no name, or if there is no such option. A call
 * throws if another function of this module has the same name, or if an argument cannot be hashed.
 *
 * @example Usage
 * ```ts
 * import { CompoundTaskGenerator, TaskGenerator } from "jug";
 *
 * const double = TaskGenerator(function double(n: number) {
 *   return 2 * n;
 * });
 * const twice = CompoundTaskGenerator(function twice(n: number) {
 *   return [double(n), double(n + 1)];
 * });
 *
 * export const results = [1, 2, 3].map(twice);
 * ```
 *
 * @category Tasks
 */
export function CompoundTaskGenerator<P extends readonly unknown[], R>(
  fn: (...args: P) => R,
  options: Pick<TaskOptions, "name" | "version"> = {},
): CompoundGenerator<P, R> {
  requireKnownOptions("CompoundTaskGenerator", options, ["name", "version"]);
  const { name, version } = qualifiedName(CompoundTaskGenerator, "CompoundTaskGenerator", fn, {
    ...options,
    takesName: true,
  });
  const definition: TaskDefinition = { name, version, fn, code: [fn] };
  const mapCalls = new MapCalls(definition);
  function generator(...args: P): Task<ValueOf<Awaited<R>>> {
    return declareCompound(definition, mapCalls.given(args, generator)) as Task<ValueOf<Awaited<R>>>;
  }
  guardGenerator(generator, `the CompoundTaskGenerator ${name}`);
  return generator;
}
