/**
 * Converts Deno's message about a missing permission to one line that names the flag to add.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isForeignFile, LIBRARY } from "../caller.ts";
import { type PermissionSets, permissionSetsHere } from "./permission_sets.ts";
import { shellQuote } from "./shell_quote.ts";

/** Matches Deno's message, in `deno run` and in a compiled program, also inside a longer message. */
const REFUSAL =
  /Requires (\w+) access(?: to (?:"(.*?)"|(<\w+>)|[^,]*))?, (run again with|specify the required permissions)[^-]*(--allow-[a-z]+)/s;

/** Deno 2.9 requests this kind of system information, but does not accept it as a value of `--allow-sys`. */
const NO_VALUE_OF_SYS = "inspector";

/**
 * Returns the line for Deno's message about a missing permission; `undefined` for any other message.
 *
 * @param place The user's name for the file or folder in question. Default: the value in Deno's message.
 * @param findSets Finds permission sets to which the permission can be added. Default: those of the configuration file.
 */
export function missingPermission(
  message: string,
  place?: string,
  findSets: () => PermissionSets | undefined = permissionSetsHere,
): string | undefined {
  const found = REFUSAL.exec(message);
  if (found === null) return undefined;
  const [, kind = "", value, symbol, advice, flag = ""] = found;
  const what = place ?? (value === undefined ? undefined : wholeLibrary(value));
  const access = `${kind} access${what === undefined ? symbol === undefined ? "" : ` to ${symbol}` : ` to "${what}"`}`;
  const isWhole = what === undefined || flag === "--allow-sys" && what === NO_VALUE_OF_SYS;
  const sets = advice === "run again with" ? findSets() : undefined;
  if (sets !== undefined) return `Deno refuses ${access}: ${addition(kind, isWhole ? undefined : what, sets)}`;
  // Deno grants access to some files, such as those in /proc, only with all permissions.
  const wanted = flag === "--allow-all" ? "-A" : isWhole ? flag : shellQuote(`${flag}=${what}`);
  return advice === "run again with"
    ? `Deno refuses ${access}: add the flag ${wanted}`
    : `this program was compiled without ${access}: use one compiled with ${wanted}`;
}

/** Returns what to write into the configuration file, if the permissions come from one. */
function addition(kind: string, value: string | undefined, { file, names }: PermissionSets): string {
  const set = `the permissions ${names.map((name) => JSON.stringify(name)).join(" or ")} of ${file}`;
  const key = JSON.stringify(kind);
  return value === undefined ? `write ${key}: true into ${set}` : `add ${JSON.stringify(value)} to ${key} in ${set}`;
}

/** Returns the library's folder if `path` is one of its modules, since these are never read alone; otherwise `path`. */
function wholeLibrary(path: string): string {
  const isOurs = LIBRARY.startsWith("file:") && isAbsolute(path) && isForeignFile(pathToFileURL(path).href);
  return isOurs ? fileURLToPath(LIBRARY).replace(/[/\\]$/, "") : path;
}
