/**
 * The types of `mapreduce`.
 *
 * @module
 */
import type { GeneratorMark } from "../brand.ts";
import type { AnyFunction, Sequence, Task, TaskArg, TaskArgs } from "../types.ts";

/**
 * A TaskGenerator made from a function `F`, without its call signature, which takes and returns tasks instead of
 * values.
 *
 * @category Map and reduce
 */
export interface GeneratedFrom<F> extends GeneratorMark {
  /** The plain function. */
  readonly f: F;
}

/**
 * A mapper or reducer: a plain named function `F`, or a TaskGenerator made from it.
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
 * The type of the first parameter of a {@linkcode Callee}'s function.
 *
 * @category Map and reduce
 */
export type InputOf<C> = Parameters<PlainOf<C>>[0];

/**
 * The type that the function of a {@linkcode Callee} returns or promises.
 *
 * @category Map and reduce
 */
export type OutputOf<C> = Awaited<ReturnType<PlainOf<C>>>;

/**
 * A function that reduces two values to one of the same type, synchronous or asynchronous.
 *
 * @category Map and reduce
 */
export type Reducer<Y> = (a: Y, b: Y) => Y | Promise<Y>;

/**
 * The inputs to map or reduce: an iterable of values, tasks and tasklets, or the sequence that another map returned.
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
  /** The number of inputs that one task maps, a whole number from 1 on. Default: 4. */
  readonly mapStep?: number;
}

/**
 * Options of `mapreduce.reduce`.
 *
 * @category Map and reduce
 */
export interface ReduceOptions {
  /** The number of values that one task reduces to one, a whole number from 2 on. Default: 8. */
  readonly reduceStep?: number;
}

/**
 * Options of `mapreduce`.
 *
 * @category Map and reduce
 */
export interface MapReduceOptions extends MapOptions, ReduceOptions {}

/**
 * The type of `mapreduce`, and of its methods `map`, `currymap` and `reduce`.
 *
 * @category Map and reduce
 */
export interface MapReduce {
  /**
   * Maps the inputs and reduces the outputs, in tasks of several calls each. The result is that of
   * `inputs.map(mapper).reduce(reducer)`, but all workers can take part. The reducer must be associative; the order of
   * the inputs is kept. Without inputs, the result is an empty array.
   *
   * @param reducer Reduces two values to one: a named function or a TaskGenerator, synchronous or asynchronous.
   * @param mapper Maps one input to one value: a named function or a TaskGenerator, synchronous or asynchronous.
   * @param inputs Values, tasks or tasklets.
   * @param options The number of calls in one task. Defaults: `mapStep` 4, `reduceStep` 8.
   */
  <M extends Callee<(x: never) => unknown>>(
    reducer: Callee<Reducer<OutputOf<M>>>,
    mapper: M,
    inputs: Inputs<InputOf<M>>,
    options?: MapReduceOptions,
  ): Task<OutputOf<M>>;

  /**
   * Maps the inputs, several in one task. The sequence of the outputs may be passed on whole, in part or by element.
   *
   * @param mapper Maps one input to one value: a named function or a TaskGenerator, synchronous or asynchronous.
   * @param inputs Values, tasks or tasklets.
   * @param options The number of inputs in one task. Default: `mapStep` 4.
   */
  map<M extends Callee<(x: never) => unknown>>(
    mapper: M,
    inputs: Inputs<InputOf<M>>,
    options?: MapOptions,
  ): Sequence<OutputOf<M>>;

  /**
   * Maps inputs like `map`, for a mapper with several parameters: each input is the array of the arguments of one call.
   *
   * @param mapper Maps one list of arguments to one value: a named function or a TaskGenerator.
   * @param inputs Arrays of arguments, or tasks and tasklets of such arrays.
   * @param options The number of inputs in one task. Default: `mapStep` 4.
   */
  currymap<M extends Callee<(...args: never[]) => unknown>>(
    mapper: M,
    inputs: Iterable<TaskArgs<Parameters<PlainOf<M>>> | TaskArg<Parameters<PlainOf<M>>>>,
    options?: MapOptions,
  ): Sequence<OutputOf<M>>;

  /**
   * Reduces inputs to one value by a TaskGenerator, without mapping. The reducer must be associative; the order of the
   * inputs is kept. Without inputs, the result is an empty array.
   *
   * @param reducer Reduces two values to one.
   * @param inputs Values, tasks or tasklets.
   * @param options The number of values that one task reduces to one. Default: `reduceStep` 8.
   */
  reduce<Y>(reducer: GeneratedFrom<Reducer<Y>>, inputs: Inputs<NoInfer<Y>>, options?: ReduceOptions): Task<Y>;
  /** Reduces inputs to one value by a plain named function, otherwise as by a TaskGenerator. */
  reduce<Y>(reducer: Reducer<Y>, inputs: Inputs<NoInfer<Y>>, options?: ReduceOptions): Task<Y>;
}
