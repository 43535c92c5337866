/**
 * Lines of the text of `jug why`, and what several of its parts share.
 *
 * @module
 */
import { visible } from "../../../core/visible.ts";
import type { TaskName } from "../../../engine/analysis/why/answer.ts";

/** A line, and how far it is indented. */
export type Line = readonly [indent: number, text: string];

/** Returns a task as a call, with the beginning of its hash. */
export function callText({ name, index, args, hash }: TaskName): string {
  return `${visible(name)}[${index}](${visible(args)}) (${hash.slice(0, 8)})`;
}

/** Returns a time as text. A store may tell any number. */
export function dateText(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "at an unknown time";
}
