/**
 * Sequences: lists whose elements are spread over the results of several tasks. A part of a sequence depends only on
 * the tasks that hold that part.
 *
 * @module
 */
import { isNode, type Node } from "../brand.ts";
import { JugError } from "../errors.ts";
import { hashSequence, type Stretch } from "../value/hash.ts";
import { ComputedTasklet, taskletGet } from "./tasklet.ts";
import type { Sequence } from "../types.ts";

/** The concatenated elements of several blocks. */
class BlockSequence extends ComputedTasklet {
  /** The number of elements before each stretch. */
  readonly #offsets: readonly number[];
  readonly #stretches: readonly Stretch[];
  readonly length: number;

  constructor(name: string, stretches: readonly Stretch[]) {
    const { hash, dependencies } = hashSequence(name, stretches);
    super(name, hash, dependencies, (values) => gather(stretches, dependencies, values));
    this.#stretches = stretches;
    const offsets: number[] = [];
    let length = 0;
    for (const { count } of stretches) {
      offsets.push(length);
      length += count;
    }
    this.#offsets = offsets;
    this.length = length;
  }

  override get(key: unknown): ComputedTasklet {
    if (typeof key !== "number") return taskletGet(this, key);
    if (!Number.isInteger(key) || key < 0 || key >= this.length) {
      throw new JugError(
        "usage",
        `${this.name} has no element ${key}: it has ${this.length} elements, numbered from 0`,
        {
          remedy: "Use an index below its `length`",
        },
      );
    }
    const index = this.#stretchOf(key);
    const stretch = this.#stretches[index];
    const offset = this.#offsets[index];
    if (stretch === undefined || offset === undefined) throw new RangeError(`no stretch contains element ${key}`);
    return taskletGet(stretch.block, stretch.start + key - offset);
  }

  /** Returns the index of the last stretch that begins at or before element `at`. */
  #stretchOf(at: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  slice(start = 0, end: number = this.length): BlockSequence {
    const from = toIndex(start, this.length);
    const to = Math.max(from, toIndex(end, this.length));
    const stretches: Stretch[] = [];
    for (let i = from < to ? this.#stretchOf(from) : this.#stretches.length; i < this.#stretches.length; i++) {
      const stretch = this.#stretches[i];
      const offset = this.#offsets[i];
      if (stretch === undefined || offset === undefined || offset >= to) break;
      const skipped = Math.max(0, from - offset);
      const count = Math.min(stretch.count, to - offset) - skipped;
      stretches.push({ block: stretch.block, start: stretch.start + skipped, count });
    }
    return new BlockSequence(this.name, stretches);
  }

  *[Symbol.iterator](): Generator<ComputedTasklet> {
    for (const { block, start, count } of this.#stretches) {
      for (let i = start; i < start + count; i++) yield taskletGet(block, i);
    }
  }

  [Symbol.for("Deno.customInspect")](): string {
    return `Sequence ${this.name} of ${this.length}`;
  }
}

/** Converts an index as `Array.prototype.slice` does. */
function toIndex(index: number, length: number): number {
  const whole = Math.trunc(index) || 0;
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
}

function gather(stretches: readonly Stretch[], blocks: readonly Node[], values: readonly unknown[]): unknown[] {
  const listOf = new Map(blocks.map((block, i) => [block.hash, values[i]]));
  return stretches.flatMap(({ block, start, count }) => {
    const list = listOf.get(block.hash);
    if (!Array.isArray(list)) throw new TypeError(`${block.name} did not return a list`);
    return list.slice(start, start + count);
  });
}

/** Returns a sequence of all elements of `blocks`: tasks, each of whose results is a list of `count` elements. */
export function sequenceOf<T>(name: string, blocks: readonly { block: Node; count: number }[]): Sequence<T> {
  const made = new BlockSequence(name, blocks.map(({ block, count }) => ({ block, start: 0, count })));
  return made as unknown as Sequence<T>;
}

/** Whether `value` is a sequence, of this copy of the library or another. */
export function isSequence(value: unknown): value is Sequence<unknown> {
  return isNode(value) && value["jug.kind"] === "tasklet" && "slice" in value && "length" in value;
}
