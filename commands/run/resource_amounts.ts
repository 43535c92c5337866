/**
 * Parses the value of `--provides`.
 *
 * @module
 */
import { MOST_OF_A_RESOURCE } from "../../core/defaults.ts";
import { JugError } from "../../core/errors.ts";

/**
 * Parses amounts by resource name, as in `gpu=2,disk=1`.
 *
 * @param subject The beginning of a message about the text
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function resourceAmounts(
  text: string,
  subject = "option '--provides'",
): Readonly<Record<string, number>> {
  const resources = new Map<string, number>();
  const refuse = (what: string, remedy: string): never => {
    throw new JugError("usage", `${subject} ${what}`, { remedy });
  };
  for (const part of text.split(",")) {
    const [, name, digits] = /^([\w-]+)=(\d+)$/.exec(part.trim()) ?? [];
    if (name === undefined || digits === undefined) {
      return refuse(
        `cannot contain ${JSON.stringify(part)}`,
        "Write names and whole numbers, as in gpu=2,disk=1",
      );
    }
    if (resources.has(name)) refuse(`names ${name} twice`, "Give each resource once, with its total amount");
    const amount = Number(digits);
    if (amount > MOST_OF_A_RESOURCE) {
      refuse(
        `gives ${digits} of ${name}, more than ${MOST_OF_A_RESOURCE}`,
        "Count in larger units, here and in the tasks' resources, such as megabytes instead of bytes",
      );
    }
    resources.set(name, amount);
  }
  return Object.fromEntries(resources);
}
