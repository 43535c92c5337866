/**
 * Where a jugfile's results live, from `--jugdir` or by default.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { modernAddress } from "../../backends/old_address.ts";
import { credentialsOf, isRedisAddress } from "../../backends/redis/address.ts";
import { moduleName } from "../../core/caller.ts";
import { JugError } from "../../core/errors.ts";
import { jugfilePath } from "./jugfile_path.ts";
import { refuseOldPlace } from "./old_jugdir.ts";

/**
 * Where the results of `jugfile` live, as {@linkcode resolveJugdir} has it.
 *
 * @throws {JugError} of kind "usage" for a template that is none, or where the default was another until now, and results
 * lie there.
 */
export function findJugdir(given: string | undefined, jugfile: string, now: Date): string {
  const address = resolveJugdir(given, jugfile, now);
  const path = given === undefined ? jugfilePath(jugfile) : undefined;
  if (path !== undefined) refuseOldPlace(path, address);
  return address;
}

/**
 * The address that is meant by `given`; without one `primes.jugdata` beside primes.ts, in the current folder for a
 * jugfile by URL. Fills in the templates: `{jugfile}` is the jugfile's name without folder and extension, `{date}` the local
 * day of `now` as YYYY-MM-DD. A Redis address without a prefix gets the jugfile's name as one.
 * Addresses of Python's jug mean what they mean there.
 *
 * @throws {JugError} of kind "usage" for any other name in braces.
 */
export function resolveJugdir(given: string | undefined, jugfile: string, now: Date): string {
  if (given === undefined) return defaultJugdir(jugfile);
  const template = modernAddress(given);
  // In a password a brace is a brace.
  const before = credentialsOf(template);
  const name = nameOf(jugfile);
  const values = { jugfile: isRedisAddress(template) ? encodeURIComponent(name) : name, date: localDay(now) };
  return before + fillIn(withPrefix(template).slice(before.length), values);
}

function nameOf(jugfile: string): string {
  return moduleName(jugfile) ?? "jug";
}

function defaultJugdir(jugfile: string): string {
  const address = join(dirname(jugfilePath(jugfile) ?? "."), `${nameOf(jugfile)}.jugdata`);
  // A colon after two letters or more would name a backend.
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(address) ? `./${address}` : address;
}

/** Several jugfiles may share a server, so each has a place of its own there. */
function withPrefix(template: string): string {
  if (!isRedisAddress(template) || /[?&]prefix=/.test(template)) return template;
  return `${template}${template.includes("?") ? "&" : "?"}prefix={jugfile}`;
}

function fillIn(template: string, values: { readonly jugfile: string; readonly date: string }): string {
  // Python's jug writes %(jugfile)s.
  return template.replace(/\{(\w+)\}|%\((\w+)\)s/g, (whole, inBraces, old) => {
    const name = inBraces ?? old;
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

/** Whether other jugfiles of the same name may keep results at `address`: it is not beside `jugfile`. */
export function isSharedJugdir(address: string | undefined, jugfile: string): boolean {
  if (jugfilePath(jugfile) === undefined) return true;
  return address !== undefined && resolve(address) !== resolve(defaultJugdir(jugfile));
}
