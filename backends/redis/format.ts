/**
 * Whether what stands under our keys is ours: of the right type, and of this version of the stored format.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Place } from "./place.ts";
import { textOf } from "./replies.ts";

/** What the key of the format holds. */
const FORMAT = "jug 1";

const OTHER_PREFIX = "Choose another prefix with ?prefix=…";

/** What is wanted besides. */
export interface FormatOptions {
  /** Writes down our version where nothing is written yet. */
  readonly create?: boolean;
  /** Refuses a prefix under which nothing is. */
  readonly existing?: boolean;
}

/** Refuses what another program or version made. */
export async function checkFormat({ address, connection, keys }: Place, options: FormatOptions): Promise<void> {
  const refuse = (what: string, remedy: string) =>
    new JugError("backend", `jugdir "${address.shown}": ${what}`, { remedy });
  const { format, results, locks, failures, reports, changes } = keys;
  const types = { [format]: "string", [changes]: "stream" };
  for (const key of [results, locks, failures, reports]) types[key] = "hash";
  // Asked for in one go, so that opening costs few round trips. Where the key is no string, its type says so first.
  const reading = connection.send(["GET", format]);
  reading.catch(() => {});
  const areThere = await Promise.all(
    Object.entries(types).map(async ([key, wanted]) => {
      const type = textOf(await connection.send(["TYPE", key]));
      if (type === wanted || type === "none") return type === wanted;
      throw refuse(`the key ${key} holds a ${type} that is not jug's`, `${OTHER_PREFIX}, or remove that key`);
    }),
  );
  if (options.existing && !areThere.includes(true)) {
    throw refuse("nothing is there", "Check server, database and prefix: that of primes.ts is ?prefix=primes");
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
    `Use the version of jug that made it. ${OTHER_PREFIX} for a new one`,
  );
}
