/**
 * Type checks of answers.
 *
 * @module
 */
import type { Answer } from "./operations.ts";

/** Whether `value` is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether `value` is an answer. Only the scheduler writes to this memory, so a shallow check is enough. */
export function isAnswer(value: unknown): value is Answer {
  return isRecord(value) && typeof value.kind === "string";
}

/** Returns an answer that must be a number. */
export function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("the simulator answered no number");
  return value;
}

/** Returns an answer that must be a text. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the simulator answered no text");
  return value;
}

/** Returns an answer that must be a list of texts. */
export function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TypeError("the simulator answered no list");
  return value.map(textOf);
}
