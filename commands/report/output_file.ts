/**
 * Writes what a subcommand made to the file that the user named.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

/**
 * Writes a file, replacing what is there.
 *
 * @throws {JugError} of kind "usage" if it cannot be written.
 */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  } catch (error) {
    // A missing permission of Deno has a message of its own, which names the flag.
    const isOfSystem = error instanceof Error && "code" in error && typeof error.code === "string";
    if (!isOfSystem || error instanceof Deno.errors.NotCapable) throw error;
    throw new JugError("usage", `${path} cannot be written: ${error.message}`, {
      remedy: "Give --output a file in a folder that exists and in which you may write",
      cause: error,
    });
  }
}
