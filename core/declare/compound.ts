/**
 * Compound tasks: one task that stands for many. While its result is missing, its function is called as the jugfile loads and
 * declares tasks; once the result is there, the function is not called at all. docs/compound.md tells the whole story.
 *
 * Whether the result is there is known only after a look at the jugdir. So a compound task is declared *shut*: those who
 * look at the jugfile ask for its result like for any other's, and open it where there is none. Its function then declares
 * tasks in a frame of its own (see core/session/session.ts), even after the module has settled.
 *
 * @module
 */
import type { Identity } from "../value/hash.ts";
import { nodesInResult } from "../value/hash.ts";
import { JugError } from "../errors.ts";
import { requireKnownOptions } from "../known_options.ts";
import { givenArguments } from "./map_call.ts";
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

/** What a compound task does once all that its function declared is finished: it keeps the values of what that returned. */
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
      remedy: "Load the jugfile again: they are declared where its result is missing",
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
    // Those of its arguments stay: invalidating one of them is to invalidate this.
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
      remedy: "Call it one way only, or give one of them a name of its own",
    });
  }
  return asTask(declared);
}

/**
 * The type of the functions that {@linkcode CompoundTaskGenerator} makes.
 *
 * @category Tasks
 */
export type CompoundGenerator<P extends readonly unknown[], R> = (...args: P) => Task<ValueOf<Awaited<R>>>;

/**
 * One task that stands for all that `fn` declares. While its result is missing, `fn` is called as the jugfile loads; what it
 * returns (a task, or tasks in arrays and plain objects) becomes the result. Once that is stored, `fn` is not called any more:
 * one finished task is left, and loading is as fast as if the others had never been.
 *
 * `fn` gets its arguments as they are: a task stays a task. It may be asynchronous, and may await `barrier()` and `bvalue()`:
 * these wait for what was declared before the compound task and for what `fn` declared itself.
 *
 * @param fn A named function that declares tasks.
 * @param args Its arguments; they identify the task, as with any other.
 * @throws {JugError} where `fn` has no name, or another function of this module bears it.
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
 * Makes a function declare a {@linkcode CompoundTask} each time it is called.
 *
 * @param fn A named function that declares tasks.
 * @param options A `name` for a function that has none, and a `version` to change when its meaning changes.
 * @throws {JugError} where `fn` has no name, another function of this module bears it, or there is no such option.
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
  function generator(...args: P): Task<ValueOf<Awaited<R>>> {
    return declareCompound(definition, givenArguments(definition, args, generator)) as Task<ValueOf<Awaited<R>>>;
  }
  guardGenerator(generator, `the CompoundTaskGenerator ${name}`);
  return generator;
}
