/**
 * Finds an export of the jugfile by name.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { didYouMean } from "../../core/remedy/nearest.ts";
import { barrierNotice, type Inspection } from "../cli/inspection.ts";

/**
 * Returns the export called `name`.
 *
 * @throws {JugError} of kind "usage" if there is no such export, with a list of the existing ones; of kind "missing" if
 * the export is, or may be, after an unmet barrier.
 */
export function findExport(
  jugfile: string,
  inspection: Pick<Inspection, "exportsSoFar" | "barrier">,
  name: string | undefined,
): unknown {
  const { values, behind, isKnown } = inspection.exportsSoFar;
  if (name !== undefined && Object.hasOwn(values, name)) return values[name];
  const { barrier } = inspection;
  if (name !== undefined && barrier !== undefined && (behind.includes(name) || !isKnown)) {
    throw new JugError("missing", `${name} comes after the barrier at ${barrier.file}:${barrier.line}`, {
      remedy: "Run `jug execute` past the barrier first",
    });
  }
  const names = [...Object.keys(values), ...behind];
  const message = name === undefined ? "no export was named" : `${jugfile} has no export ${JSON.stringify(name)}`;
  throw new JugError("usage", message, { remedy: remedyFor(name, names) ?? barrierNotice(inspection) ?? NONE });
}

const NONE = "It exports nothing: write `export` before the values to be printed";

function remedyFor(name: string | undefined, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `${name === undefined ? "" : didYouMean(name, names)}The exports are ${names.join(", ")}`;
}
