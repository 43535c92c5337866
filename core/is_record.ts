/**
 * Tells values with keys from others, for data that comes from outside.
 *
 * @module
 */

/** Whether `value` is an object that may be read by key: neither `null` nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
