/**
 * `mapreduce`: many cheap calls in tasks of several each.
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

/** A part of the inputs that one task gets. */
interface Block {
  readonly inputs: unknown;
  readonly count: number;
}

/** Cuts the inputs up. Of a sequence each block is a slice, so that its task depends on no more than that. */
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
      `${maker}: the inputs are the result of ${inputs.name}, so nobody knows how many there are`,
      {
        remedy: "Wait for them: `await bvalue(inputs)`",
      },
    );
  }
  if (typeof inputs === "object" && inputs !== null && Symbol.iterator in inputs) {
    return Array.from(inputs as Iterable<unknown>);
  }
  throw new JugError("usage", `${maker}: the inputs are ${inputs === null ? "null" : typeof inputs}, not a list`, {
    remedy: "Pass an array, another iterable, or what mapreduce.map gave",
  });
}

/**
 * The inputs of `currymap`, each to be a list of arguments: as far as that is known before tasks have run. An iterable is gone
 * through once only.
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
 * Map and reduce over many inputs, several calls a task: `mapreduce(reducer, mapper, inputs)`, and `mapreduce.map`,
 * `mapreduce.currymap` and `mapreduce.reduce` for one half alone.
 *
 * A mapper or reducer is a plain named function or a TaskGenerator, synchronous or asynchronous. The tasks are named after it,
 * as in `jug.mapreduce.map(words.count)`, and its name and version are part of their hashes.
 *
 * @throws {JugError} where a function has no name, two different ones share one, or a step is no whole number.
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
