/**
 * Answers, told from each other.
 *
 * @module
 */
import type { Answer } from "./operations.ts";

/** Whether `value` is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether the scheduler wrote `value`. Nobody else writes there, so its kind is proof enough. */
export function isAnswer(value: unknown): value is Answer {
  return isRecord(value) && typeof value.kind === "string";
}

/** An answer that must be a number. */
export function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("the simulator answered no number");
  return value;
}

/** An answer that must be a text. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the simulator answered no text");
  return value;
}

/** An answer that must be a list of texts. */
export function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TypeError("the simulator answered no list");
  return value.map(textOf);
}
