/**
 * Checks that the values of the jugdir's keys were written by jug: that they have the right types, and this version of
 * the stored format.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Place } from "./place.ts";
import { textOf } from "./replies.ts";

/** The value of the format key. */
const FORMAT = "jug 1";

const OTHER_PREFIX = "Choose another prefix with ?prefix=…";

/** Options of {@linkcode checkFormat}. */
export interface FormatOptions {
  /** Writes this version's format if there is no format yet. */
  readonly create?: boolean;
  /** Refuses a prefix that has no keys. */
  readonly existing?: boolean;
}

/** Refuses keys that another program or version wrote. */
export async function checkFormat({ address, connection, keys }: Place, options: FormatOptions): Promise<void> {
  const refuse = (what: string, remedy: string) =>
    new JugError("backend", `jugdir "${address.shown}": ${what}`, { remedy });
  const { format, results, locks, failures, reports, changes } = keys;
  const types = { [format]: "string", [changes]: "stream" };
  for (const key of [results, locks, failures, reports]) types[key] = "hash";
  // Sent together with the requests below, to save a round trip. If this key is not a string, the check of its type
  // reports it.
  const reading = connection.send(["GET", format]);
  reading.catch(() => {});
  const areThere = await Promise.all(
    Object.entries(types).map(async ([key, wanted]) => {
      const type = textOf(await connection.send(["TYPE", key]));
      if (type === wanted || type === "none") return type === wanted;
      throw refuse(`the key ${key} holds a ${type} that jug did not write`, `${OTHER_PREFIX}, or remove that key`);
    }),
  );
  if (options.existing && !areThere.includes(true)) {
    throw new JugError("backend", `jugdir "${address.shown}" does not exist`, {
      remedy: "Check server, database and prefix; the prefix of primes.ts is ?prefix=primes",
    });
  }
  let found = await reading;
  if (found === null && options.create) {
    [, found] = await Promise.all([
      connection.send(["SET", format, FORMAT, "NX"]),
      connection.send(["GET", format]),
    ]);
  }
  if (found === null || found === FORMAT) return;
  throw refuse(
    `its format is ${JSON.stringify(found)}, not "${FORMAT}"`,
    "Use the version of jug that made it, or choose another prefix with ?prefix=…",
  );
}
