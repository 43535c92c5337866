/**
 * The resource pool of a process: its resources, and the turns of functions with a rate. It is in memory that the
 * threads of the process share.
 *
 * @module
 */

/** The resource pool that the workers of one process share. */
export interface ResourcePool {
  /** The names of the resources. Their index is the one in `totals`, `amounts` and `taken`. */
  readonly resources: readonly string[];
  /** How much of each resource the process has in total. */
  readonly totals: readonly number[];
  /** How much of each resource is free. */
  readonly amounts: Int32Array<SharedArrayBuffer>;
  /** When the next task of a function may begin, in microseconds since `epoch`. The index is a hash of its name. */
  readonly turns: BigInt64Array<SharedArrayBuffer>;
  /** The zero of the times in `turns`, in milliseconds since 1970. */
  readonly epoch: number;
  /** How much of each resource one worker has taken; `undefined` if that is not recorded. */
  readonly taken?: Int32Array<SharedArrayBuffer> | undefined;
}

/**
 * The length of `turns`. If two functions happen to share a cell, each of their tasks waits for the interval of the
 * task before it, whichever function that belongs to.
 */
export const CELLS = 4096;

/** Creates the resource pool of a process that has `resources`. */
export function resourcePool(resources: Readonly<Record<string, number>>, epoch: number): ResourcePool {
  const names = Object.keys(resources);
  const totals = Object.values(resources);
  const amounts = new Int32Array(new SharedArrayBuffer(4 * Math.max(1, names.length)));
  amounts.set(totals);
  return { resources: names, totals, amounts, turns: new BigInt64Array(new SharedArrayBuffer(8 * CELLS)), epoch };
}
