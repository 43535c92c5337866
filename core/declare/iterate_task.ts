/**
 * Splits an array result into tasklets of its elements: `const [a, b] = iterateTask(task, 2)`.
 *
 * @module
 */
import { isGenerator, isNode, type Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import { hashTasklet } from "../value/hash.ts";
import { MapCalls } from "./map_call.ts";
import { ComputedTasklet } from "./tasklet.ts";
import type { AnyFunction, GeneratorOf, Later, TaskArgs, Tasklet } from "../types.ts";
import { guardGenerator } from "./used_as_value.ts";

/**
 * The lengths that {@linkcode Iterated} turns into a tuple; longer ones become an array.
 *
 * @internal
 */
type Counted = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;

/**
 * A tuple of `N` elements of type `T`.
 *
 * @internal
 */
type Times<T, N extends Counted, Made extends T[] = []> = Made["length"] extends N ? Made : Times<T, N, [...Made, T]>;

/**
 * The type that `iterateTask` returns for a result of type `R` and length `N`. If `R` is a tuple of this length, it is
 * a tuple of tasklets. If `R` is an array, it is a tuple of tasklets up to a length of 16, and above that an array of
 * tasklets. Otherwise it is `never`.
 *
 * @category Tasks
 */
export type Iterated<R, N extends number> = [R] extends [readonly unknown[]]
  ? number extends R["length"] ? N extends Counted ? Times<Tasklet<R[number]>, N> : Tasklet<R[number]>[]
  : R["length"] extends N ? { -readonly [K in keyof R]: Tasklet<R[K]> }
  : never
  : never;

function elementAt(name: string, value: unknown, index: number, length: number): unknown {
  const list = Array.isArray(value) ? value : undefined;
  if (list?.length === length) return list[index];
  const found = list === undefined ? "not an array" : `an array of ${list.length}`;
  throw new JugError("usage", `${name}: its result is ${found}, but should be an array of ${length}`, {
    remedy: "Give the length of the array that the function returns: iterateTask(task, n) or returnTuple(n)",
  });
}

function taskletsOf(base: Node, length: number): ComputedTasklet[] {
  if (!Number.isInteger(length) || length < 0) {
    throw new JugError("usage", `${base.name} cannot be split into ${length} elements: not a valid length`, {
      remedy: "Pass a whole number: iterateTask(task, 2)",
    });
  }
  return Array.from({ length }, (_, index) => {
    const operation = { kind: "call", name: "jug.iterateTask", version: undefined, args: [index, length] } as const;
    const { hash } = hashTasklet(base, operation);
    const name = `${base.name}[${index} of ${length}]`;
    return new ComputedTasklet(name, hash, [base], ([value]) => elementAt(base.name, value, index, length));
  });
}

/**
 * Returns the elements of a task's result as tasklets, to be destructured. If the result turns out not to be an array
 * of this length, computing an element fails with an error that names the task.
 *
 * @param task A task or tasklet whose value is an array.
 * @param length The number of elements.
 * @throws {JugError} of kind "usage" if `task` is not a task or tasklet, or `length` is not a whole number from 0 on.
 *
 * @example Usage
 * ```ts
 * import { iterateTask, TaskGenerator } from "jug";
 *
 * const split = TaskGenerator(function split(text: string) {
 *   return text.split(" ");
 * });
 * const greet = TaskGenerator(function greet(name: string) {
 *   return `hello ${name}`;
 * });
 *
 * const [first, last] = iterateTask(split("Ada Lovelace"), 2);
 * export const greetings = [greet(first), greet(last)];
 * ```
 *
 * @category Tasks
 */
export function iterateTask<R, const N extends number>(task: Later<R>, length: N): Iterated<R, N> {
  if (!isNode(task)) {
    throw new JugError("usage", "iterateTask(task, n) takes a task or a tasklet", {
      remedy: "Destructure a plain list directly: const [a, b] = list",
    });
  }
  return taskletsOf(task, length) as unknown as Iterated<R, N>;
}

/**
 * The type of the functions that `returnTuple(N)` returns: a call declares a task and returns tasklets of the elements
 * of its result.
 *
 * @category Tasks
 */
export type TupleGenerator<F extends AnyFunction, N extends number> = (
  ...args: TaskArgs<Parameters<F>>
) => Iterated<Awaited<ReturnType<F>>, N>;

/**
 * Changes a TaskGenerator so that a call returns the elements of the task's result as tasklets, as `iterateTask` does.
 *
 * @param length The number of elements of the result.
 * @returns A function that takes a TaskGenerator. It throws a JugError of kind "usage" for anything else.
 *
 * @example Usage
 * ```ts
 * import { returnTuple, TaskGenerator } from "jug";
 *
 * const divide = returnTuple(2)(TaskGenerator(function divide(a: number, b: number) {
 *   return [Math.floor(a / b), a % b];
 * }));
 *
 * export const [quotient, remainder] = divide(17, 5);
 * ```
 *
 * @category Tasks
 */
export function returnTuple<const N extends number>(
  length: N,
): <F extends AnyFunction>(generator: GeneratorOf<F>) => TupleGenerator<F, N> {
  return <F extends AnyFunction>(generator: GeneratorOf<F>): TupleGenerator<F, N> => {
    if (!isGenerator(generator)) {
      throw new JugError("usage", `returnTuple(${length}) takes a TaskGenerator`, {
        remedy: `Write returnTuple(${length})(TaskGenerator(function f() { … }))`,
      });
    }
    const definition = { name: generator.taskName, version: generator.version, fn: generator.f };
    const mapCalls = new MapCalls(definition);
    function tuple(...args: TaskArgs<Parameters<F>>): Iterated<Awaited<ReturnType<F>>, N> {
      const given = mapCalls.given(args, tuple);
      return taskletsOf(Reflect.apply(generator, undefined, given), length) as unknown as Iterated<
        Awaited<ReturnType<F>>,
        N
      >;
    }
    guardGenerator(tuple, `the generator that returnTuple made from ${definition.name}`);
    return tuple;
  };
}
