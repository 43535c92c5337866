/**
 * Keeps a worker's memory small while results pass through it.
 *
 * V8 lets garbage lie until a heap has doubled or more, and counts little of what buffers take outside of it: a run of many
 * results of 10 kB takes twice the memory that it needs.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

/** What a keeper works with. */
export interface MemoryParts {
  /** What the process takes, in bytes. */
  readonly taken: () => number;
  /** Frees what nobody holds any more. */
  readonly collect: () => void;
  /** Milliseconds, of any beginning. */
  readonly now: () => number;
}

/** How often it looks, in milliseconds. */
const LOOK_MS = 100;
/** How much more the process may take than after the last collection, in bytes, and as a part of that. */
const GROWTH = { bytes: 32 * 2 ** 20, part: 0.15 } as const;
/** A process that takes less than this, in bytes, is left alone: the first collection alone costs a tenth of a second. */
const SMALL_BYTES = 192 * 2 ** 20;
/** A collection of a large heap takes long: no more than a twentieth of the time goes into it. */
const SHARE = 0.05;

/** Makes a function to call now and then: it collects where the process has grown. */
export function memoryKeeper({ taken, collect, now }: MemoryParts): () => void {
  let next = now() + LOOK_MS;
  let floor = taken();
  return () => {
    if (now() < next) return;
    next = now() + LOOK_MS;
    if (taken() < Math.max(SMALL_BYTES, floor * (1 + GROWTH.part) + GROWTH.bytes)) return;
    const start = now();
    collect();
    next = now() + Math.max(LOOK_MS, (now() - start) / SHARE);
    floor = taken();
  };
}

/** A keeper of this thread. */
export function threadMemoryKeeper(): () => void {
  let collect: (() => void) | undefined;
  return memoryKeeper({
    taken: () => Deno.memoryUsage().rss,
    collect: () => (collect ??= garbageCollector())(),
    now: () => performance.now(),
  });
}

/** V8's collector. The flag takes effect in contexts that are made after it was set, though not in every version of Deno. */
function garbageCollector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const collect: unknown = vm.runInNewContext("globalThis.gc");
  return typeof collect === "function" ? () => void Reflect.apply(collect, undefined, []) : () => {};
}
