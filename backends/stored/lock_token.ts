/**
 * The tokens of locks of the backends that keep one token for each lock: `owner.thread.TIME-COUNT-TAG`. They tell when
 * the task was claimed, and in which order a thread claimed its tasks. Tokens that were written otherwise are valid as
 * well, but tell neither.
 *
 * @module
 */
import type { Claimant } from "../backend.ts";

/** When a lock was claimed, as in the entry of a lock. */
export interface ClaimTime {
  readonly since: number;
  readonly order: number;
}

// A time of eight digits is between the years 1972 and 2059.
const FORM = /^[A-Za-z0-9-]{1,72}\.\d+\.([0-9a-z]{8,9})-([0-9a-z]{1,9})-[0-9a-z]+$/;

/**
 * Returns a token. `order` increases with each token of one tag.
 *
 * @param tag Lower-case letters and digits that no other opening of the store has
 */
export function lockToken({ owner, thread }: Claimant, { since, order }: ClaimTime, tag: string): string {
  return `${owner.id}.${thread}.${Math.floor(since).toString(36)}-${order.toString(36)}-${tag}`;
}

/** Returns what a token tells, `undefined` if it was written otherwise. */
export function claimTimeOf(token: string): ClaimTime | undefined {
  const [, time, count] = FORM.exec(token) ?? [];
  if (time === undefined || count === undefined) return undefined;
  return { since: Number.parseInt(time, 36), order: Number.parseInt(count, 36) };
}
