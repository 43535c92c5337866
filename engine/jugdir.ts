/**
 * Where a jugfile's results live, from `--jugdir` or by default.
 *
 * @module
 */
import { isRedisAddress } from "../backends/redis/address.ts";
import { moduleName } from "../core/caller.ts";
import { JugError } from "../core/errors.ts";

/** The address where the user names none: `primes.jugdata` in the current folder for primes.ts. */
export const DEFAULT_JUGDIR = "{jugfile}.jugdata";

/** A Redis address up to the end of the password, in which a brace is a brace. */
const CREDENTIALS = /^(rediss?:\/\/[^/?#]*@)?/i;

/**
 * Fills in the templates of an address: `{jugfile}` is the jugfile's name without folder and extension, `{date}` the
 * local day of `now` as YYYY-MM-DD. A Redis address without a prefix gets the jugfile's name as one.
 *
 * @throws {JugError} of kind "usage" for any other name in braces.
 */
export function resolveJugdir(template: string, jugfile: string, now: Date): string {
  const before = CREDENTIALS.exec(template)?.[0] ?? "";
  const name = moduleName(jugfile) ?? "jug";
  const values = { jugfile: isRedisAddress(template) ? encodeURIComponent(name) : name, date: localDay(now) };
  return before + fillIn(withPrefix(template).slice(before.length), values);
}

/** Several jugfiles may share a server, so each has a place of its own there. */
function withPrefix(template: string): string {
  if (!isRedisAddress(template) || /[?&]prefix=/.test(template)) return template;
  return `${template}${template.includes("?") ? "&" : "?"}prefix={jugfile}`;
}

function fillIn(template: string, values: { readonly jugfile: string; readonly date: string }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "jugfile") return values.jugfile;
    if (name === "date") return values.date;
    throw new JugError("usage", `option '--jugdir' holds an unknown template ${whole}`, {
      remedy: "The templates are {jugfile} and {date}",
    });
  });
}

function localDay(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whether other jugfiles may keep results at `address`, which is not the default of `jugfile`. */
export function isSharedJugdir(address: string | undefined, jugfile: string): boolean {
  return address !== undefined && address !== resolveJugdir(DEFAULT_JUGDIR, jugfile, new Date(0));
}
