/**
 * The public types of the library: tasks, the arguments that a TaskGenerator accepts, and the type that `value`
 * returns.
 *
 * `docs/types.md` describes them in prose. This module contains types only, no code.
 *
 * @module
 */
import type { GeneratorMark, Node, Wrapper } from "./brand.ts";
import type { SelfValued } from "./self_valued.ts";

/**
 * Any function.
 *
 * @category Tasks
 */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * A placeholder for a value of type `R` that is computed later: a {@linkcode Task} or a {@linkcode Tasklet}.
 *
 * The type is covariant: a `Later<7>` is a `Later<number>`.
 *
 * @category Tasks
 */
export interface Later<out R> extends Node {
  /** Carries the type `R`; never set at run time. It is a function type, so that an `undefined` in `R` is not lost. */
  readonly "jug.result"?: () => R;

  /**
   * Returns a part of the value as a tasklet: an element of an array, a property of an object, or the value of a Map's
   * key.
   *
   * @example
   * ```ts
   * import type { Task, Tasklet } from "jug";
   *
   * function firstScore(task: Task<{ scores: number[] }>): Tasklet<number> {
   *   return task.get("scores").get(0);
   * }
   * ```
   */
  // The type of the value comes from `this`: a method with R in a conditional type would make the interface invariant.
  get<T, const K extends KeyOf<T>>(this: Later<T>, key: K): Tasklet<PartOf<T, K>>;
  /** Returns a part of the value as a tasklet, under a key that is itself the value of a task or tasklet. */
  get<T>(this: Later<T>, key: Later<KeyOf<T>>): Tasklet<PartOf<T, KeyOf<T>>>;

  /**
   * Whether the value is available without running a task.
   *
   * @throws {JugError} of kind "usage" if no jugdir is open.
   */
  canLoad(): Promise<boolean>;

  /**
   * Loads the value.
   *
   * @throws {JugError} of kind "missing" if a task that the value needs is not finished, of kind "usage" if no jugdir
   * is open.
   */
  value(): Promise<R>;
}

/**
 * A named function with arguments, whose result is stored. `R` is the type of the result.
 *
 * @category Tasks
 */
export interface Task<out R> extends Later<R> {
  /** Distinguishes a task from plain data, also across copies of the library. */
  readonly "jug.kind": "task";

  /** The function that computes the result. */
  readonly f: AnyFunction;

  /**
   * Whether all dependencies are finished.
   *
   * @throws {JugError} of kind "usage" if the task has dependencies and no jugdir is open.
   */
  canRun(): Promise<boolean>;

  /**
   * Runs the task now, in this thread, and stores its result. If the task already has a result, returns that instead.
   *
   * @throws {JugError} if no jugdir is open, another process is running the task, or a dependency has no result.
   */
  run(): Promise<R>;

  /**
   * Removes the result of this task and of all tasks that depend on it, directly or indirectly. Resolves to the number
   * of results removed.
   *
   * @throws {JugError} of kind "usage" if no jugdir is open.
   */
  invalidate(): Promise<number>;
}

/**
 * A cheap function of a task's result. It is computed again wherever it is used, and never stored. `R` is the type of
 * its value.
 *
 * @category Tasks
 */
export interface Tasklet<out R> extends Later<R> {
  /** Distinguishes a tasklet from plain data, also across copies of the library. */
  readonly "jug.kind": "tasklet";
}

/**
 * A list whose elements are spread over the results of several tasks, as `mapreduce.map` returns it. The sequence is a
 * tasklet of the whole list. Its parts are tasklets that depend only on the tasks that hold them.
 *
 * @category Tasks
 */
export interface Sequence<out T> extends Tasklet<T[]>, Iterable<Tasklet<T>> {
  /** The number of elements. */
  readonly length: number;

  /**
   * Returns the elements from index `start` (default: 0) up to but not including `end` (default: the length). Negative
   * indexes count from the end, as with arrays.
   *
   * @example
   * ```ts
   * import type { Sequence } from "jug";
   *
   * function withoutFirst(lines: Sequence<string>): Sequence<string> {
   *   return lines.slice(1);
   * }
   * ```
   */
  slice(start?: number, end?: number): Sequence<T>;
}

/**
 * A task with a result of any type.
 *
 * @category Tasks
 */
export type AnyTask = Task<unknown>;

/**
 * An argument with its own rules for hashing or loading. It is accepted in place of an `A`.
 *
 * @category Arguments
 */
export interface Wrapped<out A> extends Wrapper {
  /** Carries the type `A`; never set at run time, as in {@linkcode Later}. */
  readonly "jug.result"?: () => A;
}

/**
 * The type that `shared(x)` returns. The function gets `x`, with each task in it replaced by its result. The value is
 * decoded once per worker, and every task gets the same object.
 *
 * @category Arguments
 */
export type Shared<T> = Wrapped<ValueOf<T>>;

/**
 * The type that `noHash(x)` returns. The function gets `x`, with each task in it replaced by its result. The argument
 * is not part of the hash.
 *
 * @category Arguments
 */
export type NoHash<T> = Wrapped<ValueOf<T>>;

/**
 * The type that `secret(x)` returns. The function gets `x`, with each task in it replaced by its result. The argument
 * is neither stored nor printed.
 *
 * @category Arguments
 */
export type Secret<T> = Wrapped<ValueOf<T>>;

/**
 * The type that `noLoad(task)` returns. The function gets the task itself, not its result.
 *
 * @category Arguments
 */
export type NoLoad<T extends Later<unknown>> = Wrapped<T>;

/**
 * The number of further levels that a type is searched for tasks.
 *
 * @internal
 */
type Depth = 0 | 1 | 2 | 3 | 4 | 5;

/**
 * The next lower depth: `Less[3]` is 2.
 *
 * @internal
 */
type Less = [0, 0, 1, 2, 3, 4];

/**
 * All types that are not objects.
 *
 * @internal
 */
type Primitive = string | number | bigint | boolean | symbol | null | undefined;

/**
 * Excludes tasks from types such as `{ name: string }`, since a task has a name.
 *
 * @internal
 */
interface NotLater {
  readonly "jug.kind"?: never;
}

/**
 * Contains `true` if `A` has a required method. A property of type `any` or `unknown` does not count as a method.
 *
 * @internal
 */
type Methods<A> = { [K in keyof A]: A[K] extends AnyFunction ? unknown extends A[K] ? never : true : never }[keyof A];

/**
 * Whether the search for tasks descends into `A`: if it has no required methods and no private members. (A mapped copy
 * of a type lacks the private members, so it is not assignable to the type.)
 *
 * @internal
 */
type IsPlainObject<A> = true extends Methods<A> ? false : { [K in keyof A]: A[K] } extends A ? true : false;

/**
 * The type of an argument in a call of a TaskGenerator, if the plain function takes an `A`: an `A`, a task or tasklet
 * of one, a wrapped argument such as `shared(x)`, or arrays, tuples and plain objects that contain these at any depth
 * (to five levels, so that recursive types compile).
 *
 * Map, Set, Date, typed arrays and other class instances cannot contain tasks. Such an argument is either a plain value
 * or a task of the whole value.
 *
 * @example
 * ```ts
 * import type { Task, TaskArg } from "jug";
 *
 * type Points = TaskArg<{ x: number; y: number }[]>;
 *
 * function diagonal(x: Task<number>): Points {
 *   return [{ x, y: 3 }, { x: 1, y: x }];
 * }
 * ```
 *
 * @category Arguments
 */
export type TaskArg<A> = ArgAt<A, 5>;

/**
 * A {@linkcode TaskArg} in which tasks may be nested up to `D` levels deep.
 *
 * @internal
 */
type ArgAt<A, D extends Depth> = Given<A, D> | Later<A> | Wrapped<A>;

/**
 * `A`, with tasks allowed inside. Unions distribute. A parameter that is itself a task accepts `noLoad(task)` only.
 *
 * @internal
 */
type Given<A, D extends Depth> = A extends Primitive | AnyFunction ? A
  : A extends Later<unknown> ? never
  : D extends 0 ? A
  : A extends readonly unknown[] ? { [K in keyof A]: ArgAt<A[K], Less[D]> }
  : A extends object ? GivenObject<A, D>
  : A;

/**
 * The type of a property. If the compiler distinguishes a missing property from `undefined`
 * (`exactOptionalPropertyTypes`), a task of `undefined` is not accepted for an optional property whose type does not
 * include `undefined`.
 *
 * @internal
 */
type Slot<A, K extends keyof A> = { a?: undefined } extends { a?: never } ? A[K] : Required<A>[K];

/**
 * {@linkcode Given} for types that are neither primitives nor arrays.
 *
 * @internal
 */
type GivenObject<A extends object, D extends Depth> = [keyof A] extends [never] ? A & NotLater
  : IsPlainObject<A> extends false ? A
  : string extends keyof A ? A | { [K in keyof A]: ArgAt<Slot<A, K>, Less[D]> }
  : { [K in keyof A]: ArgAt<Slot<A, K>, Less[D]> } & NotLater;

/**
 * Applies {@linkcode TaskArg} to each parameter of a function. Optional and rest parameters remain so.
 *
 * @category Arguments
 */
export type TaskArgs<P extends readonly unknown[]> = { [K in keyof P]: TaskArg<P[K]> };

/**
 * The type of the keys that `get` accepts for a value of type `R`: the keys of a Map, the indexes and `length` of an
 * array or tuple, the properties of an object. For a union, only the keys that all members have.
 *
 * @category Tasks
 */
export type KeyOf<R> = [R] extends [ReadonlyMap<infer K, unknown>] ? K
  : [R] extends [readonly unknown[]] ? number extends R["length"] ? number | "length" : IndexOf<R> | "length"
  : keyof R;

/**
 * The indexes of a tuple, as numbers.
 *
 * @internal
 */
type IndexOf<R extends readonly unknown[]> = {
  [I in keyof R]-?: I extends `${infer N extends number}` ? N : never;
}[number];

/**
 * The type of the part that `get(key)` takes from a value of type `R`. For a Map, it includes `undefined`.
 *
 * @category Tasks
 */
export type PartOf<R, K> = [R] extends [ReadonlyMap<unknown, infer V>] ? V | undefined
  : K extends keyof R ? R[K]
  : never;

/**
 * The type of `await value(x)` for an `x` of type `T`. Tasks and tasklets become the types of their values, at any
 * depth (to five levels) of arrays, tuples and plain objects. A {@linkcode SelfValued} becomes the type of the value
 * that replaces it. All other types are unchanged.
 *
 * @category Results
 */
export type ValueOf<T> = ValueAt<T, 5>;

/**
 * A {@linkcode ValueOf} that descends `D` levels.
 *
 * @internal
 */
type ValueAt<T, D extends Depth> = T extends Primitive | AnyFunction ? T
  : T extends Later<infer R> ? R
  : D extends 0 ? T
  : T extends SelfValued<infer V> ? ValueAt<V, Less[D]>
  : T extends readonly unknown[] ? { [K in keyof T]: ValueAt<T[K], Less[D]> }
  : T extends object ? IsPlainObject<T> extends true ? { [K in keyof T]: ValueAt<T[K], Less[D]> } : T
  : T;

/**
 * The type of a TaskGenerator made from a function `F`. Calling it declares a task instead of running the function.
 *
 * @category Tasks
 */
export interface GeneratorOf<F extends AnyFunction> extends GeneratorMark {
  /** Declares a task. The same call again returns the same task. */
  (...args: TaskArgs<Parameters<F>>): Task<Awaited<ReturnType<F>>>;
  /** The plain function, to call it directly. */
  readonly f: F;
}

/**
 * Options that control how the tasks of a function are run. They are not part of the hash.
 *
 * @category Tasks
 */
export interface RunOptions {
  /**
   * The time limit of each attempt, in milliseconds: above 0, at most 2,147,483,647 (24 days). An asynchronous task is
   * aborted by its signal and then abandoned. A synchronous task fails when it returns; if it does not return soon
   * after the limit, its thread is abandoned and replaced (with `--isolate`, its process is killed). Default: no limit.
   */
  readonly timeout?: number;
  /** The number of retries in one run after a task fails, a whole number. Default: 0. */
  readonly retries?: number;
  /**
   * The pause before the first retry, in milliseconds, at most 2,147,483,647 (24 days). Each further pause is twice as
   * long, up to the same maximum. Default: 1000.
   */
  readonly backoff?: number;
  /**
   * How long a task takes, in milliseconds, as far as you know: above 0, at most 2,147,483,647 (24 days). A process whose
   * time is limited begins no task that cannot end in it, and one that is told to end gives such tasks back. Default:
   * learnt from the function's earlier tasks.
   */
  readonly duration?: number;
  /** The maximum number of this function's tasks at once in one worker (see `--concurrency`). Default: no limit. */
  readonly concurrency?: number;
  /** The maximum number of this function's tasks that one `jug execute` starts per second. Default: no limit. */
  readonly rate?: number;
  /**
   * The amount of each resource that a task uses, as in `{ gpu: 1 }`: whole numbers from 1 to 2,147,483,647. The option
   * `--provides` sets the amounts that one `jug execute` has. Default: none.
   */
  readonly resources?: Readonly<Record<string, number>>;
}

/**
 * Options of `TaskGenerator`.
 *
 * @category Tasks
 */
export interface TaskOptions extends RunOptions {
  /** The function's part of the task's name. Default: the function's own name. */
  readonly name?: string;
  /**
   * Part of the hash, a string or a finite number. A new version makes new tasks, which are computed. Default: none.
   */
  readonly version?: string | number;
  /**
   * Which arguments are treated as if they were wrapped by `secret`: `true` for all, or a list with `true` or `false`
   * for each parameter, as in `[false, true]` for the second of two. Default: none.
   */
  readonly secretArguments?: boolean | readonly boolean[];
}

/**
 * Any function. The call signature is repeated on purpose: with a single signature as the constraint, the compiler
 * would instantiate the type parameters of a generic function before it infers the function's type.
 *
 * @internal
 */
export interface Callable {
  (...args: never[]): unknown;
  (...args: never[]): unknown;
}

/**
 * The parameters after `fn`. If the type of `F` needs type parameters or overloads, they are two parameters of type
 * `never`, so that no call matches and the compiler takes the next overload of `TaskGenerator`. This is separate from
 * the type of `fn`, which must not depend on it: otherwise a parameter with a default value would lose its type.
 *
 * @internal
 */
export type OptionsOf<F extends AnyFunction> = ((...args: Parameters<F>) => ReturnType<F>) extends F
  ? [options?: TaskOptions]
  : [options: never, generic: never];

/**
 * {@linkcode TaskArgs} for a generic function. `P[K]` is a member of the union by itself, so that type parameters are
 * inferred from it.
 *
 * @internal
 */
export type GenericArgs<P extends readonly unknown[]> = { [K in keyof P]: P[K] | Later<P[K]> | TaskArg<NoInfer<P[K]>> };
