/**
 * The types of `mapreduce`.
 *
 * @module
 */
import type { GeneratorMark } from "../brand.ts";
import type { AnyFunction, Sequence, Task, TaskArg, TaskArgs } from "../types.ts";

/**
 * A TaskGenerator, seen without its call signature, which speaks of tasks instead of values.
 *
 * @category Map and reduce
 */
export interface GeneratedFrom<F> extends GeneratorMark {
  /** The plain function. */
  readonly f: F;
}

/**
 * A plain named function or a TaskGenerator.
 *
 * @category Map and reduce
 */
export type Callee<F extends AnyFunction> = F | GeneratedFrom<F>;

/**
 * The plain function of a {@linkcode Callee}.
 *
 * @category Map and reduce
 */
export type PlainOf<C> = C extends GeneratedFrom<infer F> ? F extends AnyFunction ? F : never
  : C extends AnyFunction ? C
  : never;

/**
 * What the function of a {@linkcode Callee} takes first.
 *
 * @category Map and reduce
 */
export type InputOf<C> = Parameters<PlainOf<C>>[0];

/**
 * What the function of a {@linkcode Callee} gives.
 *
 * @category Map and reduce
 */
export type OutputOf<C> = Awaited<ReturnType<PlainOf<C>>>;

/**
 * A function of two values that gives a third of their kind.
 *
 * @category Map and reduce
 */
export type Reducer<Y> = (a: Y, b: Y) => Y | Promise<Y>;

/**
 * What is mapped or reduced: values, tasks and tasklets, or the sequence that another map gave.
 *
 * @category Map and reduce
 */
export type Inputs<X> = Iterable<TaskArg<X>> | Sequence<X>;

/**
 * Options of `mapreduce.map` and `mapreduce.currymap`.
 *
 * @category Map and reduce
 */
export interface MapOptions {
  /** How many elements one task maps. Default: 4. */
  readonly mapStep?: number;
}

/**
 * Options of `mapreduce.reduce`.
 *
 * @category Map and reduce
 */
export interface ReduceOptions {
  /** How many values one task reduces to one; at least 2. Default: 8. */
  readonly reduceStep?: number;
}

/**
 * Options of `mapreduce`.
 *
 * @category Map and reduce
 */
export interface MapReduceOptions extends MapOptions, ReduceOptions {}

/**
 * The type of `mapreduce` and of the functions beside it.
 *
 * @category Map and reduce
 */
export interface MapReduce {
  /**
   * Maps inputs and reduces what comes of it, in tasks of several calls each: `inputs.map(mapper).reduce(reducer)`, but on as
   * many workers as there are. The reducer must be associative; the order of the inputs is kept.
   *
   * @param reducer Two values to one, a named function or a TaskGenerator, synchronous or asynchronous.
   * @param mapper One input to one value, likewise.
   * @param inputs Values, tasks or tasklets. Of no inputs comes an empty array.
   * @param options How many calls one task holds.
   */
  <M extends Callee<(x: never) => unknown>>(
    reducer: Callee<Reducer<OutputOf<M>>>,
    mapper: M,
    inputs: Inputs<InputOf<M>>,
    options?: MapReduceOptions,
  ): Task<OutputOf<M>>;

  /** Maps inputs, several a task. The sequence that comes of it may be passed on whole, in part or element by element. */
  map<M extends Callee<(x: never) => unknown>>(
    mapper: M,
    inputs: Inputs<InputOf<M>>,
    options?: MapOptions,
  ): Sequence<OutputOf<M>>;

  /** Like `map`, for a mapper of several parameters: each input is the array of its arguments. */
  currymap<M extends Callee<(...args: never[]) => unknown>>(
    mapper: M,
    inputs: Iterable<TaskArgs<Parameters<PlainOf<M>>> | TaskArg<Parameters<PlainOf<M>>>>,
    options?: MapOptions,
  ): Sequence<OutputOf<M>>;

  /** Reduces inputs that need no mapping. Of no inputs comes an empty array. */
  reduce<Y>(reducer: GeneratedFrom<Reducer<Y>>, inputs: Inputs<NoInfer<Y>>, options?: ReduceOptions): Task<Y>;
  /** Reduces inputs by a plain named function. */
  reduce<Y>(reducer: Reducer<Y>, inputs: Inputs<NoInfer<Y>>, options?: ReduceOptions): Task<Y>;
}
