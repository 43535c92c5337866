/**
 * Determines the jugdir of a jugfile, from `--jugdir` or by default.
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
 * Returns the jugdir of `jugfile`, as {@linkcode resolveJugdir} does, and checks for results in the old default jugdir.
 *
 * @throws {JugError} of kind "usage" for an unknown template, or if only the old default jugdir holds results.
 */
export function findJugdir(given: string | undefined, jugfile: string, now: Date): string {
  const address = resolveJugdir(given, jugfile, now);
  const path = given === undefined ? jugfilePath(jugfile) : undefined;
  if (path !== undefined) refuseOldPlace(path, address);
  return address;
}

/**
 * Returns the address that `given` stands for. The default is `primes.jugdata` beside primes.ts, or in the current
 * folder if the jugfile is given by URL. Templates are replaced: `{jugfile}` by the jugfile's name without folder and
 * extension, `{date}` by the local day of `now` as YYYY-MM-DD. A Redis address without a prefix gets the jugfile's name
 * as its prefix. Addresses of Python's jug are converted.
 *
 * @throws {JugError} of kind "usage" for any other name in braces.
 */
export function resolveJugdir(given: string | undefined, jugfile: string, now: Date): string {
  if (given === undefined) return defaultJugdir(jugfile);
  const template = modernAddress(given);
  // Braces in a password are not templates.
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
  // Two or more letters before a colon would be read as the name of a backend.
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(address) ? `./${address}` : address;
}

/** Adds a prefix to a Redis address that has none. Jugfiles may share a server, so each needs its own prefix. */
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
    throw new JugError("usage", `option '--jugdir' contains an unknown template ${whole}`, {
      remedy: "The templates are {jugfile} and {date}",
    });
  });
}

function localDay(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whether other jugfiles of the same name may use this jugdir, because it is not the default one beside `jugfile`. */
export function isSharedJugdir(address: string | undefined, jugfile: string): boolean {
  if (jugfilePath(jugfile) === undefined) return true;
  return address !== undefined && resolve(address) !== resolve(defaultJugdir(jugfile));
}
