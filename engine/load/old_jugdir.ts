/**
 * Checks for results in the old default jugdir. Up to version 0.1, that was in the current folder, not beside the
 * jugfile.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";

/**
 * Refuses to use the default jugdir, `address`, if it holds no results, but the old default jugdir in the current
 * folder does. (If a jugfile of that name is in the current folder too, the results belong to that one.)
 *
 * @throws {JugError} of kind "usage", whose remedy names the two ways to continue.
 */
export function refuseOldPlace(jugfile: string, address: string): void {
  const old = basename(address);
  if (resolve(old) === resolve(address)) return;
  if (!holdsResults(old) || holdsResults(address) || isThere(basename(jugfile))) return;
  const [from, to] = [shellQuote(old), shellQuote(address)];
  throw new JugError(
    "usage",
    `results of ${jugfile} would now be stored in ${address}, but earlier ones are in ${old}`,
    {
      remedy: `Move the old jugdir (mv ${from} ${to}), or keep using it (--jugdir ${from})`,
    },
  );
}

/** How the name of a segment ends of which more than nothing counts. */
const WITH_CONTENT = /@[1-9]\d*(?:[!~][^@]*)?$/;

function holdsResults(folder: string): boolean {
  const hasName = (part: string, is: (name: string) => boolean) =>
    answer(`${folder}/${part}`, (path) => Deno.readDirSync(path).some(({ name }) => is(name)));
  // Format 1 has results in results/ and packs/.
  return hasName("segments", (name) => WITH_CONTENT.test(name)) ||
    ["results", "packs"].some((part) => hasName(part, () => true));
}

function isThere(path: string): boolean {
  return answer(path, (path) => Deno.statSync(path).isFile);
}

/** Returns what `ask` returns; false if `path` is missing or may not be read. Never prompts for a permission. */
function answer(path: string, ask: (path: string) => boolean): boolean {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
  try {
    return ask(path);
  } catch (error) {
    const { NotCapable, NotADirectory, NotFound, PermissionDenied } = Deno.errors;
    if ([NotCapable, NotADirectory, NotFound, PermissionDenied].some((kind) => error instanceof kind)) return false;
    throw error;
  }
}
