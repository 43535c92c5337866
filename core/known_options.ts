/**
 * Rejects unknown options and invalid option values, so that a typing error is not ignored.
 *
 * @module
 */
import { inspect } from "node:util";
import { JugError } from "./errors.ts";

/**
 * Checks the names of options. An unknown name whose value is `undefined` is allowed.
 *
 * @param maker The function that takes the options, for the message.
 * @param known The valid names, at least one.
 * @throws {JugError} of kind "usage" if `options` is not an object, or has an unknown name.
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

/**
 * Rejects the value of an option.
 *
 * @param owner The function or task that takes the option, for the message.
 * @param wanted A description of valid values, for the message.
 * @throws {JugError} of kind "usage", always.
 */
export function refuseOption(owner: string, key: string, value: unknown, wanted: string): never {
  throw new JugError("usage", `${owner}: option ${key} is ${inspect(value)}`, { remedy: `Give it ${wanted}` });
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
