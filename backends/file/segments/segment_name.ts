/**
 * The file names of segments. They say how much of a segment counts:
 *
 * - `SEGMENT@LENGTH`: open. The owner appends, and then renames the file to the new length.
 * - `SEGMENT@LENGTH!`: closed by its owner. What is behind the length never counts.
 * - `SEGMENT@LENGTH~`: seized, that is, closed by another process, because the owner was dead.
 * - `SEGMENT@LENGTH!TIME=`: closed by its owner when the process left, at this time in base 36.
 * - one of the last three and `MERGER`: being merged with others by that process.
 *
 * @module
 */
import { isOwnerId } from "../../validation.ts";
import { ownerOfSegment } from "../token.ts";

/** What the file name of a segment says. */
export interface SegmentName {
  /** The segment's name. */
  readonly segment: string;
  /** How much of it counts, in bytes. */
  readonly length: number;
  /** Only while it is open, anything may be appended, and claims made with it are valid. */
  readonly state: "open" | "closed" | "seized";
  /** When its process left, in milliseconds since 1970, if that is why it was closed. */
  readonly leftAt?: number;
  /** The process that merges it with others. */
  readonly merger?: string;
}

const NAME = /^([^@]+)@(\d{1,15})(?:([!~])(?:([0-9a-z]{1,10})=)?([A-Za-z0-9-]*))?$/;

/** Parses a file name; returns `undefined` if it does not belong to a segment. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const [, segment = "", length = "", mark, time, merger = ""] = NAME.exec(name) ?? [];
  if (ownerOfSegment(segment) === undefined || merger !== "" && !isOwnerId(merger)) return undefined;
  const state = mark === undefined ? "open" : mark === "!" ? "closed" : "seized";
  return {
    segment,
    length: Number(length),
    state,
    ...time === undefined ? {} : { leftAt: Number.parseInt(time, 36) },
    ...merger === "" ? {} : { merger },
  };
}

const MARKS: Readonly<Record<SegmentName["state"], string>> = { open: "", closed: "!", seized: "~" };

/** Returns the file name. */
export function segmentFileName({ segment, length, state, leftAt, merger = "" }: SegmentName): string {
  const time = leftAt === undefined ? "" : `${leftAt.toString(36)}=`;
  return `${segment}@${length}${MARKS[state]}${time}${merger}`;
}

/**
 * Returns the later one of two names of a segment; if that cannot be told, because only the merger differs, `other`. A
 * listing beside a rename may show both names.
 */
export function laterName(one: SegmentName, other: SegmentName): SegmentName {
  if (one.length !== other.length) return one.length > other.length ? one : other;
  return other.state === "open" ? one : other;
}
