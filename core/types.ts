/**
 * The types of the library's face: what a task is, what a TaskGenerator accepts, what `value` gives.
 *
 * `docs/types.md` says the same in prose. Types only: no code comes from this module.
 *
 * @module
 */
import type { GeneratorMark, Node, Wrapper } from "./brand.ts";
import type { SelfValued } from "./self_valued.ts";

/**
 * Any function at all.
 *
 * @category Tasks
 */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * Stands for a value of type `R` that comes later: a {@linkcode Task} or a {@linkcode Tasklet}.
 *
 * It is covariant: a `Later<7>` is a `Later<number>`.
 *
 * @category Tasks
 */
export interface Later<out R> extends Node {
  /** Carries the type of the value. Nothing is ever there: a function, so that an `undefined` in `R` is not lost. */
  readonly "jug.result"?: () => R;

  /**
   * A part of the value, as a tasklet: an element of an array, a property of an object, what a Map holds under a key.
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
  // The type of the value comes from `this`, since a method that names R in a conditional type ends covariance.
  get<T, const K extends KeyOf<T>>(this: Later<T>, key: K): Tasklet<PartOf<T, K>>;
  /** The part that another task says. */
  get<T>(this: Later<T>, key: Later<KeyOf<T>>): Tasklet<PartOf<T, KeyOf<T>>>;

  /** Whether the value can be had now, without running anything. */
  canLoad(): Promise<boolean>;

  /**
   * The value.
   *
   * @throws {JugError} Where its task is not finished.
   */
  value(): Promise<R>;
}

/**
 * A named function plus arguments, whose result is stored. `R` is the type of the result.
 *
 * @category Tasks
 */
export interface Task<out R> extends Later<R> {
  /** Tells a task from plain data, whichever copy of the library made it. */
  readonly "jug.kind": "task";

  /** The function that computes it. */
  readonly f: AnyFunction;

  /** Whether all that it depends on is finished. */
  canRun(): Promise<boolean>;

  /** Runs the function here and now, and stores the result. */
  run(): Promise<R>;

  /** Removes the result, and those of the tasks that depend on it. The answer is how many there were. */
  invalidate(): Promise<number>;
}

/**
 * A cheap function of a task's result that is recomputed and never stored. `R` is the type of what it gives.
 *
 * @category Tasks
 */
export interface Tasklet<out R> extends Later<R> {
  /** Tells a tasklet from plain data, whichever copy of the library made it. */
  readonly "jug.kind": "tasklet";
}

/**
 * A list whose elements are spread over the results of several tasks, as `mapreduce.map` gives it. It is a tasklet of the whole
 * list; its parts are tasklets that depend only on the tasks that hold them.
 *
 * @category Tasks
 */
export interface Sequence<out T> extends Tasklet<T[]>, Iterable<Tasklet<T>> {
  /** How many elements there are. */
  readonly length: number;

  /**
   * The elements from `start` to before `end`; both count from the end where they are negative, as with arrays.
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
 * A task, whatever its result.
 *
 * @category Tasks
 */
export type AnyTask = Task<unknown>;

/**
 * An argument that takes part in hashing or loading in a way of its own, accepted where an `A` is.
 *
 * @category Arguments
 */
export interface Wrapped<out A> extends Wrapper {
  /** Carries the type, as in {@linkcode Later}. */
  readonly "jug.result"?: () => A;
}

/**
 * What `shared(x)` gives: `x` or, where it is a task, its result, decoded once a worker and handed to every task.
 *
 * @category Arguments
 */
export type Shared<T> = Wrapped<ValueOf<T>>;

/**
 * What `noHash(x)` gives: `x` or, where it is a task, its result, left out of the hash.
 *
 * @category Arguments
 */
export type NoHash<T> = Wrapped<ValueOf<T>>;

/**
 * What `noLoad(task)` gives: the function gets the task itself, not its result.
 *
 * @category Arguments
 */
export type NoLoad<T extends Later<unknown>> = Wrapped<T>;

/**
 * How many more levels are looked into.
 *
 * @internal
 */
type Depth = 0 | 1 | 2 | 3 | 4 | 5;

/**
 * `Less[3]` is 2.
 *
 * @internal
 */
type Less = [0, 0, 1, 2, 3, 4];

/**
 * What is no object.
 *
 * @internal
 */
type Primitive = string | number | bigint | boolean | symbol | null | undefined;

/**
 * Keeps tasks out of the likes of `{ name: string }`, since a task has a name.
 *
 * @internal
 */
interface NotLater {
  readonly "jug.kind"?: never;
}

/**
 * `true` among the rest where `A` must have a method. A property of type `any` or `unknown` is no method.
 *
 * @internal
 */
type Methods<A> = { [K in keyof A]: A[K] extends AnyFunction ? unknown extends A[K] ? never : true : never }[keyof A];

/**
 * Whether `A` is to be looked into: it has no methods, and no private members, which a copy of its type would lack.
 *
 * @internal
 */
type IsPlainObject<A> = true extends Methods<A> ? false : { [K in keyof A]: A[K] } extends A ? true : false;

/**
 * What a task's function may be given where the plain function takes an `A`: an `A`, a task or tasklet of one, and the
 * same at any depth of arrays, tuples and plain objects (five levels of them, so that recursive types compile).
 *
 * Map, Set, Date, typed arrays and other class instances are not looked into: for those, all or nothing is a task.
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
 * A {@linkcode TaskArg} of so many levels.
 *
 * @internal
 */
type ArgAt<A, D extends Depth> = Given<A, D> | Later<A> | Wrapped<A>;

/**
 * `A`, with tasks allowed inside. Unions distribute. A parameter that is itself a task takes `noLoad(task)` only.
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
 * The type of a property. Where a missing property and `undefined` are told apart, a task of the latter is refused.
 *
 * @internal
 */
type Slot<A, K extends keyof A> = { a?: undefined } extends { a?: never } ? A[K] : Required<A>[K];

/**
 * What is neither a primitive nor an array.
 *
 * @internal
 */
type GivenObject<A extends object, D extends Depth> = [keyof A] extends [never] ? A & NotLater
  : IsPlainObject<A> extends false ? A
  : string extends keyof A ? A | { [K in keyof A]: ArgAt<Slot<A, K>, Less[D]> }
  : { [K in keyof A]: ArgAt<Slot<A, K>, Less[D]> } & NotLater;

/**
 * {@linkcode TaskArg} for each of a function's parameters; optional and rest parameters stay what they are.
 *
 * @category Arguments
 */
export type TaskArgs<P extends readonly unknown[]> = { [K in keyof P]: TaskArg<P[K]> };

/**
 * What `get` takes as a key into an `R`.
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
 * What `get(key)` gives of an `R`.
 *
 * @category Tasks
 */
export type PartOf<R, K> = [R] extends [ReadonlyMap<unknown, infer V>] ? V | undefined
  : K extends keyof R ? R[K]
  : never;

/**
 * What `await value(x)` gives for an `x` of type `T`: tasks and tasklets become their values, at any depth (to five
 * levels) of arrays, tuples and plain objects; everything else stays what it is.
 *
 * @category Results
 */
export type ValueOf<T> = ValueAt<T, 5>;

/**
 * A {@linkcode ValueOf} of so many levels.
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
 * What `TaskGenerator` makes of a function `F`: called, it declares a task instead of running.
 *
 * @category Tasks
 */
export interface GeneratorOf<F extends AnyFunction> extends GeneratorMark {
  /** Declares a task. */
  (...args: TaskArgs<Parameters<F>>): Task<Awaited<ReturnType<F>>>;
  /** The function itself, to be run here and now. */
  readonly f: F;
}

/**
 * How the tasks of a function are run. None of this is part of their hash.
 *
 * @category Tasks
 */
export interface RunOptions {
  /**
   * How long an attempt may take, in milliseconds. An asynchronous task is aborted by its signal and then abandoned; the
   * thread of a synchronous one is left behind and replaced. Default: no limit.
   */
  readonly timeout?: number;
  /** How often a task that failed is tried again at once. Default: 0. */
  readonly retries?: number;
  /** The pause before the first retry in milliseconds; each further one is twice as long. Default: 1000. */
  readonly backoff?: number;
  /** At most so many of this function's tasks run at once in one worker (see `--concurrency`). Default: no limit. */
  readonly concurrency?: number;
  /** At most so many of this function's tasks are begun a second in one `jug execute`. Default: no limit. */
  readonly rate?: number;
  /** What each of its tasks takes of what `--resources` gives a `jug execute`, as in `{ gpu: 1 }`. Default: nothing. */
  readonly resources?: Readonly<Record<string, number>>;
}

/**
 * How a function becomes a TaskGenerator.
 *
 * @category Tasks
 */
export interface TaskOptions extends RunOptions {
  /** The function's part of the task's name. Default: the function's own name. */
  readonly name?: string;
  /** Part of the hash: another version computes everything anew. Default: none. */
  readonly version?: string | number;
}

/**
 * Any function, said twice: a constraint of one call signature would make the compiler fill in the type parameters of a
 * generic function before it is looked at.
 *
 * @internal
 */
export interface Callable {
  (...args: never[]): unknown;
  (...args: never[]): unknown;
}

/**
 * The parameters after `fn`. Nothing can be passed where calling an `F` needs type parameters (or overloads) to say its
 * type, so that the next overload is taken. It stands apart from `fn`, whose type must not depend on it: a parameter with
 * a default value would lose its type.
 *
 * @internal
 */
export type OptionsOf<F extends AnyFunction> = ((...args: Parameters<F>) => ReturnType<F>) extends F
  ? [options?: TaskOptions]
  : [options: never, generic: never];

/**
 * {@linkcode TaskArgs} for a generic function: `P[K]` stands by itself, so that type parameters are inferred from it.
 *
 * @internal
 */
export type GenericArgs<P extends readonly unknown[]> = { [K in keyof P]: P[K] | Later<P[K]> | TaskArg<NoInfer<P[K]>> };
