/**
 * Converts the name of a jugfile to its path on disk.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { JugError } from "../../core/errors.ts";

/**
 * Returns the path of a jugfile that is given by path or by a `file:` URL; `undefined` for any other URL.
 *
 * @throws {JugError} of kind "jugfile" for a `file:` URL that is not a valid path on this machine.
 */
export function jugfilePath(jugfile: string): string | undefined {
  if (/^(https?|data|blob):/.test(jugfile)) return undefined;
  if (!jugfile.startsWith("file:")) return jugfile;
  try {
    return fileURLToPath(jugfile);
  } catch (error) {
    throw new JugError("jugfile", `no such jugfile: ${jugfile}`, {
      remedy: "Write file:///PATH, or the path alone",
      cause: error,
    });
  }
}
