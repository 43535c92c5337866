/**
 * Names of segments and of claims.
 *
 * The name of a segment is `owner.thread.count`, where `count` contains digits, lower-case letters and hyphens. A claim
 * made with that segment adds a hyphen and its sequence number in base 36. Together with its task, neither name is ever
 * used again.
 *
 * @module
 */

/** Returns the id in whose name a process writes while it is not registered. `tag`: letters and digits. */
export function guestId(tag: string): string {
  return `guest-${tag}`;
}

/** Whether an owner is such a guest. The ids of other owners have more than one hyphen. */
export function isGuestId(id: string): boolean {
  return /^guest-[0-9A-Za-z]+$/.test(id);
}

/** The owner of files that belong to no process. It counts as dead. */
export const NOBODY = "none";

const LONGEST = 120;
const CLAIM = /^([A-Za-z0-9-]{1,72})\.(\d{1,6})\.[0-9a-z-]+-([0-9a-z]{1,11})$/;
const SEGMENT = /^([A-Za-z0-9-]{1,72})\.(\d{1,6})\.[0-9a-z-]+$/;

/** The parts of a claim's name. */
export interface ClaimToken {
  /** The segment that it was made with. */
  readonly segment: string;
  /** The number of the change of its partition with which it was made. */
  readonly sequence: number;
}

/** Returns the name of a claim. */
export function claimToken({ segment, sequence }: ClaimToken): string {
  return `${segment}-${sequence.toString(36)}`;
}

/** Parses the name of a claim; returns `undefined` if it is none. */
export function parseClaimToken(token: string): ClaimToken | undefined {
  const digits = token.length > LONGEST ? undefined : CLAIM.exec(token)?.[3];
  if (digits === undefined) return undefined;
  return { segment: token.slice(0, -digits.length - 1), sequence: Number.parseInt(digits, 36) };
}

/** Returns the owner's part of a segment's name, `undefined` if it is not a segment's name. */
export function ownerOfSegment(segment: string): string | undefined {
  return segment.length > LONGEST ? undefined : SEGMENT.exec(segment)?.[1];
}
