/**
 * Up to version 0.1 results lay in the current folder by default, wherever the jugfile was. They are not to be overlooked.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { JugError } from "../../core/errors.ts";
import { shellWord } from "../../core/remedy/shell_word.ts";

/**
 * Refuses to go on in the default jugdir, `address`, where it holds nothing and the current folder holds the results of a
 * jugfile of that name. (If such a jugfile lies there too, they are its own.)
 *
 * @throws {JugError} of kind "usage", with the two ways to go on.
 */
export function refuseOldPlace(jugfile: string, address: string): void {
  const old = basename(address);
  if (resolve(old) === resolve(address)) return;
  if (!holdsResults(old) || holdsResults(address) || isThere(basename(jugfile))) return;
  const [from, to] = [shellWord(old), shellWord(address)];
  throw new JugError(
    "usage",
    `results of ${jugfile} would now lie in ${address}, but there are earlier ones in ${old}`,
    {
      remedy: `Move it (mv ${from} ${to}), or name it (--jugdir ${from})`,
    },
  );
}

function holdsResults(folder: string): boolean {
  return ["results", "packs"].some((part) =>
    answer(`${folder}/${part}`, (path) => !Deno.readDirSync(path)[Symbol.iterator]().next().done)
  );
}

function isThere(path: string): boolean {
  return answer(path, (path) => Deno.statSync(path).isFile);
}

/** What may not be read is taken for nothing: it is not for this question that a run needs permissions. */
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
