/**
 * What tasks may take of a process: its resources, and the turns of functions that have a rate. In memory that the threads of
 * the process share.
 *
 * @module
 */

/** What the workers of one process share. */
export interface SharedLimits {
  /** The names of the resources, by their place in `amounts`. */
  readonly resources: readonly string[];
  /** How much of each there is in all. */
  readonly totals: readonly number[];
  /** How much of each is free. */
  readonly amounts: Int32Array<SharedArrayBuffer>;
  /** When the next task of a function may begin, in microseconds since `epoch`, by a hash of its name. */
  readonly turns: BigInt64Array<SharedArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly epoch: number;
  /** How much of each one worker has taken, where that is kept account of. */
  readonly taken?: Int32Array<SharedArrayBuffer> | undefined;
}

/** How many turns there are. Names share one only by chance, and then the two together keep to the slower rate. */
export const CELLS = 4096;

/** Limits for a process that has `resources`. */
export function sharedLimits(resources: Readonly<Record<string, number>>, epoch: number): SharedLimits {
  const names = Object.keys(resources);
  const totals = Object.values(resources);
  const amounts = new Int32Array(new SharedArrayBuffer(4 * Math.max(1, names.length)));
  amounts.set(totals);
  return { resources: names, totals, amounts, turns: new BigInt64Array(new SharedArrayBuffer(8 * CELLS)), epoch };
}
