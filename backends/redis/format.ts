/**
 * Checks that the values of the jugdir's keys were written by jug: that they have the right types, and this version of
 * the stored format.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";
import type { RedisAddress } from "./address.ts";
import type { Place } from "./place.ts";
import { textOf } from "./replies.ts";

/** The value of the format key. */
export const FORMAT = "jug 2";
/** The value before, which `jug upgrade` converts. */
export const OLD_FORMAT = "jug 1";

const OTHER_PREFIX = "Choose another prefix with ?prefix=…";

/** Options of {@linkcode checkFormat}. */
export interface FormatOptions {
  /** Writes this version's format if there is no format yet. */
  readonly create?: boolean;
  /** Refuses a prefix that has no keys. */
  readonly existing?: boolean;
}

/** Returns a remedy that names a conversion. The password is not shown, so the user has to add it. */
function conversion({ shown, password, sentinelLogin, tls }: RedisAddress): string {
  const command = `Convert it: jug upgrade --jugdir ${shellQuote(shown)}`;
  const missing = [
    ...password === undefined && sentinelLogin.password === undefined ? [] : ["the password"],
    ...tls?.ca === undefined && tls?.cert === undefined && tls?.key === undefined ? [] : ["ca=, cert= and key="],
  ];
  return missing.length === 0 ? command : `${command} (add ${missing.join(", ")} to the address)`;
}

/** Returns the error for a format that this version of jug does not know. */
export function formatError(address: RedisAddress, found: unknown): JugError {
  const what = `its format is ${JSON.stringify(found)}, not "${FORMAT}"`;
  return new JugError("backend", `jugdir "${address.shown}": ${what}`, {
    remedy: found === OLD_FORMAT
      ? conversion(address)
      : "Use the version of jug that made it, or choose another prefix with ?prefix=…",
  });
}

/** Reads the format, `null` if there is none, and whether there are any keys. Refuses keys that another program wrote. */
export async function readFormat(
  { address, connection, keys }: Place,
): Promise<{ readonly found: unknown; readonly isThere: boolean }> {
  const { format, changes, results, locks, failures, reports, runs, processes, durations } = keys;
  const types = { [format]: "string", [changes]: "stream" };
  for (const key of [results, locks, failures, reports, runs, processes, durations]) types[key] = "hash";
  // Sent together with the requests below, to save a round trip. If this key is not a string, the check of its type
  // reports it.
  const reading = connection.send(["GET", format]);
  reading.catch(() => {});
  const areThere = await Promise.all(
    Object.entries(types).map(async ([key, wanted]) => {
      const type = textOf(await connection.send(["TYPE", key]));
      if (type === wanted || type === "none") return type === wanted;
      const what = `the key ${key} holds a ${type} that jug did not write`;
      throw new JugError("backend", `jugdir "${address.shown}": ${what}`, {
        remedy: `${OTHER_PREFIX}, or remove that key`,
      });
    }),
  );
  return { found: await reading, isThere: areThere.includes(true) };
}

/** Refuses keys that another program or version wrote. */
export async function checkFormat(place: Place, options: FormatOptions): Promise<void> {
  const { address, connection, keys: { format } } = place;
  let { found, isThere } = await readFormat(place);
  if (options.existing && !isThere) {
    throw new JugError("backend", `jugdir "${address.shown}" does not exist`, {
      remedy: "Check server, database and prefix; the prefix of primes.ts is ?prefix=primes",
    });
  }
  if (found === null && options.create) {
    [, found] = await Promise.all([
      connection.send(["SET", format, FORMAT, "NX"]),
      connection.send(["GET", format]),
    ]);
  }
  if (found !== null && found !== FORMAT) throw formatError(address, found);
}
