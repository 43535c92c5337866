/**
 * What the subcommands that create files have in common: they replace nothing unasked, and explain what the system
 * refuses.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";

/** @throws {JugError} of kind "usage" if there is something at `path`. */
export function refuseExisting(path: string, remedy: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new JugError("usage", `${path} already exists`, { remedy });
}

/** Turns an error of the system into a usage error: the files cannot be created in `folder`. */
export function explainRefusal(error: unknown, folder: string): unknown {
  const isOfSystem = error instanceof Error && "code" in error && typeof error.code === "string";
  if (!isOfSystem || isJugError(error) || error instanceof Deno.errors.NotCapable) return error;
  return new JugError("usage", `${folder} cannot be created: ${error.message}`, {
    remedy: "Name another folder, in which you may write",
    cause: error,
  });
}
