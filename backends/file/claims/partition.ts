/**
 * The division of all hashes into partitions. Tasks of one partition are claimed together, with one change of its head.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";

/**
 * The number of partitions of a new jugdir; the file `format` records it. More of them would make batches of claims
 * small in jugfiles with a few hundred tasks; fewer would make workers collide: 500 workers with tasks of one second
 * change each head 30 times a second, and a change takes some 5 ms over NFS.
 */
export const PARTITIONS = 32;

/** Returns the partition of a task: a number from 0 to `partitions` - 1. `partitions` is at most 256. */
export function partitionOf(hash: Hash, partitions: number): number {
  return Number.parseInt(hash.slice(-2), 16) % partitions;
}
