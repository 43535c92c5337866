/**
 * Where a jugfile's results live, from `--jugdir` or by default.
 *
 * @module
 */
import { moduleName } from "../core/caller.ts";
import { JugError } from "../core/errors.ts";

/** The address where the user names none: `primes.jugdata` in the current folder for primes.ts. */
export const DEFAULT_JUGDIR = "{jugfile}.jugdata";

/**
 * Fills in the templates of an address: `{jugfile}` is the jugfile's name without folder and extension, `{date}` the
 * local day of `now` as YYYY-MM-DD.
 *
 * @throws {JugError} of kind "usage" for any other name in braces.
 */
export function resolveJugdir(template: string, jugfile: string, now: Date): string {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "jugfile") return moduleName(jugfile) ?? "jug";
    if (name === "date") return localDay(now);
    throw new JugError("usage", `option '--jugdir' holds an unknown template ${whole}`, {
      remedy: "The templates are {jugfile} and {date}",
    });
  });
}

function localDay(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
