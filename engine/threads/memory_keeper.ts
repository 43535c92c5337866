/**
 * Keeps a worker's memory small while results pass through it.
 *
 * V8 collects garbage only when the heap has doubled or more, and hardly counts the memory of buffers outside the heap.
 * So a run with many results of 10 kB takes twice the memory that it needs.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

/** The functions that a memory keeper needs. */
export interface MemoryParts {
  /** The memory use of the process, in bytes. */
  readonly taken: () => number;
  /** Runs the garbage collector. */
  readonly collect: () => void;
  /** A clock in milliseconds, from any origin. */
  readonly now: () => number;
}

/** How often the memory use is checked, in milliseconds. */
const LOOK_MS = 100;
/** How far memory may grow after a collection before the next one: this many bytes plus this fraction of its size. */
const GROWTH = { bytes: 32 * 2 ** 20, part: 0.15 } as const;
/** Below this size, in bytes, nothing is collected: the first collection alone costs a tenth of a second. */
const SMALL_BYTES = 192 * 2 ** 20;
/** The largest fraction of time spent on collecting: collecting a large heap takes long. */
const SHARE = 0.1;

/** Returns a function to be called regularly; it collects garbage when the process has grown. */
export function memoryKeeper({ taken, collect, now }: MemoryParts): () => void {
  let next = now() + LOOK_MS;
  /** From the first look on: until then the jugfile is loaded, which leaves little garbage. */
  let floor = Infinity;
  return () => {
    if (now() < next) return;
    next = now() + LOOK_MS;
    const bytes = taken();
    // V8 returns the memory to the system in the background, after the collection.
    floor = Math.min(floor, bytes);
    if (bytes < Math.max(SMALL_BYTES, floor * (1 + GROWTH.part) + GROWTH.bytes)) return;
    const start = now();
    collect();
    next = now() + Math.max(LOOK_MS, (now() - start) / SHARE);
    floor = taken();
  };
}

/** Returns a memory keeper for this thread. */
export function threadMemoryKeeper(): () => void {
  let collect: (() => void) | undefined;
  return memoryKeeper({
    taken: () => Deno.memoryUsage().rss,
    collect: () => (collect ??= garbageCollector())(),
    now: () => performance.now(),
  });
}

/**
 * Returns V8's garbage collector. The flag takes effect only in contexts created after it is set, and not in every
 * version of Deno; then the function does nothing.
 */
function garbageCollector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const collect: unknown = vm.runInNewContext("globalThis.gc");
  return typeof collect === "function" ? () => void Reflect.apply(collect, undefined, []) : () => {};
}
