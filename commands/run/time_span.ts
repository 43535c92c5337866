/**
 * Parses lengths of time: those of users, as in `2h30m`, and those of schedulers, as in `02:30:00`.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

const UNITS_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const FORM = /^(?=.)(?:\d+(?:\.\d+)?d)?(?:\d+(?:\.\d+)?h)?(?:\d+(?:\.\d+)?m(?!s))?(?:\d+(?:\.\d+)?s)?(?:\d+ms)?$/;
const PART = /(\d+(?:\.\d+)?)(d|h|ms|m|s)/g;
/** A year: what is longer is a mistake. */
const LONGEST_MS = 366 * 86_400_000;

/**
 * Parses a length of time: numbers with their units, the largest unit first, as in `2h30m`, `90s`, `1d` or `0.5s`. A
 * number alone is refused: schedulers take it for minutes, other options for seconds.
 *
 * @param subject The beginning of a message about the text
 * @returns Milliseconds
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function timeSpan(text: string, subject: string): number {
  if (!FORM.test(text)) {
    const remedy = /^\d+(\.\d+)?$/.test(text) ? `Write the unit: ${text}s, ${text}m or ${text}h` : REMEDY;
    throw new JugError("usage", `${subject} cannot be ${JSON.stringify(text)}`, { remedy });
  }
  let ms = 0;
  for (const [, amount, unit = ""] of text.matchAll(PART)) ms += Number(amount) * (UNITS_MS[unit] ?? NaN);
  if (ms <= LONGEST_MS) return ms;
  throw new JugError("usage", `${subject} cannot be ${text}, more than a year`, { remedy: REMEDY });
}

const REMEDY = "Write numbers with units, the largest first, as in 2h30m, 90s or 1d";

/** Returns the seconds of a time such as `1-02:03:04`, `02:03:04`, `3:04` or `59`; `undefined` if it is none. */
export function clockSeconds(text: string): number | undefined {
  const [, days = "0", rest = ""] = /^(?:(\d{1,6})-)?(\d{1,9}(?::\d{2}){0,2})$/.exec(text.trim()) ?? [];
  if (rest === "") return undefined;
  return Number(days) * 86_400 + rest.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
