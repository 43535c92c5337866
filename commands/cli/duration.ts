/**
 * Durations on the command line: `2h30m`, `90s`, `1d`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/**
 * Parses a duration and returns it in milliseconds.
 *
 * @param subject The beginning of a message about it: `option '--time'`
 * @throws {JugError} of kind "usage" if it is none, or is zero
 */
export function durationMs(text: string, subject: string): number {
  const isWhole = /^(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?$/.test(text);
  let ms = 0;
  if (isWhole) {
    for (const [, digits, unit = ""] of text.matchAll(/(\d+)([dhms])/g)) ms += Number(digits) * (UNITS[unit] ?? 0);
  }
  if (ms > 0) return ms;
  throw new JugError("usage", `${subject} cannot be ${JSON.stringify(text)}`, {
    remedy: "Give days, hours, minutes or seconds, as in 2h30m, 90s or 1d",
  });
}
