/**
 * `mapreduce`: groups many cheap calls into tasks of several calls each.
 *
 * @module
 */
import { isNode, isWrapper } from "../brand.ts";
import { JugError } from "../errors.ts";
import { identity } from "../declare/identity.ts";
import { requireKnownOptions } from "../known_options.ts";
import { declareMap, declareMapReduce, declareReduce } from "./block_task.ts";
import { calleeOf, requireArguments, requireStep } from "./callee.ts";
import type { MapOptions, MapReduce, MapReduceOptions, ReduceOptions } from "./types.ts";
import { isSequence, sequenceOf } from "../declare/sequence.ts";
import type { Sequence, Task } from "../types.ts";

const MAP_STEP = 4;
const REDUCE_STEP = 8;

/** The part of the inputs that one task gets. */
interface Block {
  readonly inputs: unknown;
  readonly count: number;
}

/**
 * Splits the inputs into blocks. A block of a sequence is a slice of it, so that its task depends on that part only.
 */
function blocksOf(maker: string, inputs: unknown, step: number): Block[] {
  const list = isSequence(inputs) ? inputs : listOf(maker, inputs);
  const blocks: Block[] = [];
  for (let start = 0; start < list.length; start += step) {
    const count = Math.min(step, list.length - start);
    blocks.push({ inputs: list.slice(start, start + count), count });
  }
  return blocks;
}

function listOf(maker: string, inputs: unknown): readonly unknown[] {
  if (Array.isArray(inputs)) return inputs;
  if (isNode(inputs)) {
    throw new JugError(
      "usage",
      `${maker}: the inputs are the result of ${inputs.name}, so their number is not known yet`,
      {
        remedy: "Wait for them: `await bvalue(inputs)`",
      },
    );
  }
  if (typeof inputs === "object" && inputs !== null && Symbol.iterator in inputs) {
    return Array.from(inputs as Iterable<unknown>);
  }
  throw new JugError("usage", `${maker}: the inputs are ${inputs === null ? "null" : typeof inputs}, not a list`, {
    remedy: "Pass an array, another iterable, or a result of mapreduce.map",
  });
}

/**
 * Returns the inputs of `currymap` as a list, after checking that each input is a list of arguments. Tasks and wrapped
 * values are not checked here, since their values are not known yet. The inputs are iterated only once.
 */
function requireLists(inputs: unknown): unknown {
  if (isSequence(inputs)) return inputs;
  const list = listOf("mapreduce.currymap", inputs);
  for (const [i, input] of list.entries()) {
    if (!isNode(input) && !isWrapper(input)) requireArguments("mapreduce.currymap", input, `input ${i}`);
  }
  return list;
}

function reduceBlocks(
  blocks: Task<unknown>[],
  step: number,
  reduce: (inputs: unknown) => Task<unknown>,
): Task<unknown> {
  let level = blocks;
  while (level.length > 1) level = blocksOf("mapreduce", level, step).map(({ inputs }) => reduce(inputs));
  return level[0] ?? identity([]);
}

function mapReduce(reducer: unknown, mapper: unknown, inputs: unknown, options: MapReduceOptions = {}): Task<unknown> {
  requireKnownOptions("mapreduce", options, ["mapStep", "reduceStep"]);
  const mapStep = requireStep("mapStep", options.mapStep ?? MAP_STEP, 1);
  const reduceStep = requireStep("reduceStep", options.reduceStep ?? REDUCE_STEP, 2);
  const reducing = calleeOf(reducer, mapReduce, "mapreduce");
  const mapping = calleeOf(mapper, mapReduce, "mapreduce");
  const first = blocksOf("mapreduce", inputs, mapStep).map((block) => {
    return declareMapReduce(reducing, mapping, block.inputs);
  });
  return reduceBlocks(first, reduceStep, (values) => declareReduce(reducing, values));
}

function map(mapper: unknown, inputs: unknown, options: MapOptions = {}): Sequence<unknown> {
  requireKnownOptions("mapreduce.map", options, ["mapStep"]);
  const step = requireStep("mapStep", options.mapStep ?? MAP_STEP, 1);
  const mapping = calleeOf(mapper, map, "mapreduce.map");
  const blocks = blocksOf("mapreduce.map", inputs, step).map((block) => {
    return { block: declareMap(mapping, "map", block.inputs), count: block.count };
  });
  return sequenceOf(`jug.mapreduce.map(${mapping.name})`, blocks);
}

function currymap(mapper: unknown, inputs: unknown, options: MapOptions = {}): Sequence<unknown> {
  requireKnownOptions("mapreduce.currymap", options, ["mapStep"]);
  const step = requireStep("mapStep", options.mapStep ?? MAP_STEP, 1);
  const mapping = calleeOf(mapper, currymap, "mapreduce.currymap");
  const blocks = blocksOf("mapreduce.currymap", requireLists(inputs), step).map((block) => {
    return { block: declareMap(mapping, "currymap", block.inputs), count: block.count };
  });
  return sequenceOf(`jug.mapreduce.currymap(${mapping.name})`, blocks);
}

function reduce(reducer: unknown, inputs: unknown, options: ReduceOptions = {}): Task<unknown> {
  requireKnownOptions("mapreduce.reduce", options, ["reduceStep"]);
  const step = requireStep("reduceStep", options.reduceStep ?? REDUCE_STEP, 2);
  const reducing = calleeOf(reducer, reduce, "mapreduce.reduce");
  const declare = (values: unknown) => declareReduce(reducing, values);
  return reduceBlocks(blocksOf("mapreduce.reduce", inputs, step).map((block) => declare(block.inputs)), step, declare);
}

/**
 * Maps and reduces many inputs, several calls per task: `mapreduce(reducer, mapper, inputs)`. The functions
 * `mapreduce.map`, `mapreduce.currymap` and `mapreduce.reduce` do only one of the two steps. {@linkcode MapReduce}
 * describes their parameters.
 *
 * A mapper or reducer is a plain named function or a TaskGenerator, synchronous or asynchronous. Its name is part of
 * the name of the tasks, as in `jug.mapreduce.map(words.count)`. Its name and version are part of their hashes.
 *
 * @throws {JugError} of kind "usage" if a mapper or reducer is not a function or has no name, two different functions
 * have the same name, the inputs are not a list of known length, an option is unknown, or a step is not a whole number
 * or is too small.
 *
 * @example Usage
 * ```ts
 * import { mapreduce } from "jug";
 *
 * function square(n: number) {
 *   return n * n;
 * }
 * function add(a: number, b: number) {
 *   return a + b;
 * }
 *
 * const numbers = Array.from({ length: 1000 }, (_, i) => i);
 * export const sumOfSquares = mapreduce(add, square, numbers, { mapStep: 100 });
 *
 * export const squares = mapreduce.map(square, numbers);
 * export const first = squares.get(0);
 * export const some = squares.slice(10, 20);
 * ```
 *
 * @category Map and reduce
 */
export const mapreduce: MapReduce = Object.assign(mapReduce, { map, currymap, reduce }) as unknown as MapReduce;
