/**
 * Whether a jugfile lies on disk, and where.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { JugError } from "../../core/errors.ts";

/**
 * The path of a jugfile that was named by path or by a `file:` URL; `undefined` for one that comes by another URL.
 *
 * @throws {JugError} of kind "jugfile" for a `file:` URL that names no path of this machine.
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
