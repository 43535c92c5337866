/**
 * Options that somebody gave, against those that there are: one that is mistyped, or holds what it cannot, must not be passed over.
 *
 * @module
 */
import { inspect } from "node:util";
import { JugError } from "./errors.ts";

/**
 * Checks the names of options.
 *
 * @param maker What they were given to, for the message.
 * @param known The names that there are.
 * @throws {JugError} where `options` is no object, or has another name with a value.
 */
export function requireKnownOptions(maker: string, options: unknown, known: readonly string[]): void {
  const list = known.length === 1 ? `The only option is ${known[0]}` : `The options are ${listed(known)}`;
  if (typeof options !== "object" || options === null) {
    throw new JugError("usage", `${maker}: the options are ${options === null ? "null" : typeof options}`, {
      remedy: `${list}: pass an object, or leave it out`,
    });
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || known.includes(key)) continue;
    throw new JugError("usage", `${maker}: there is no option ${JSON.stringify(key)}`, { remedy: list });
  }
}

/** Refuses the value of an option. */
export function refuseOption(owner: string, key: string, value: unknown, wanted: string): never {
  throw new JugError("usage", `${owner}: option ${key} is ${inspect(value)}`, { remedy: `Give it ${wanted}` });
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
