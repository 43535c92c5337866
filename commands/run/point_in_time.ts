/**
 * Parses points in time, as in `2026-12-24T18:00`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

const FORM = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?$/;

/**
 * Parses a point in time in the form of ISO 8601, in the time zone of this machine if it names none.
 *
 * @param subject The beginning of a message about the text
 * @returns Milliseconds since 1970
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function pointInTime(text: string, subject: string): number {
  const time = FORM.test(text) ? Date.parse(text.replace(" ", "T")) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new JugError("usage", `${subject} cannot be ${JSON.stringify(text)}`, {
    remedy: "Write date and time, as in 2026-12-24T18:00 or 2026-12-24T18:00:00+01:00",
  });
}
