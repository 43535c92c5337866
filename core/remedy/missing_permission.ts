/**
 * What Deno says when a permission is missing, told in one line that names the flag to add.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isForeignFile, LIBRARY } from "../caller.ts";
import { type PermissionSets, permissionSetsHere } from "./permission_sets.ts";
import { shellQuote } from "./shell_quote.ts";

/** Deno's words for it, in `deno run` and in a compiled program; also inside a longer message. */
const REFUSAL =
  /Requires (\w+) access(?: to (?:"(.*?)"|(<\w+>)|[^,]*))?, (run again with|specify the required permissions)[^-]*(--allow-[a-z]+)/s;

/** Deno 2.9 asks for this and does not take it as a value of its flag. */
const NO_VALUE_OF_SYS = "inspector";

/**
 * The line for a message of Deno that a permission is missing; `undefined` for any other message. `place` is what the user
 * calls the file or folder that it is about, `findSets` finds permission sets to which it could be added.
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
  // Some things, such as /proc, are given only to those who may do everything.
  const isWhole = what === undefined || flag === "--allow-sys" && what === NO_VALUE_OF_SYS;
  const sets = advice === "run again with" ? findSets() : undefined;
  if (sets !== undefined) return `Deno refuses ${access}: ${addition(kind, isWhole ? undefined : what, sets)}`;
  const wanted = flag === "--allow-all" ? "-A" : isWhole ? flag : shellQuote(`${flag}=${what}`);
  return advice === "run again with"
    ? `Deno refuses ${access}: add the flag ${wanted}`
    : `this program was compiled without ${access}: it takes one compiled with ${wanted}`;
}

/** What to write where permissions come from a file. */
function addition(kind: string, value: string | undefined, { file, names }: PermissionSets): string {
  const set = `the permissions ${names.map((name) => JSON.stringify(name)).join(" or ")} of ${file}`;
  const key = JSON.stringify(kind);
  return value === undefined ? `write ${key}: true into ${set}` : `add ${JSON.stringify(value)} to ${key} in ${set}`;
}

/** Of the library's own modules none is read alone. */
function wholeLibrary(path: string): string {
  const isOurs = LIBRARY.startsWith("file:") && isAbsolute(path) && isForeignFile(pathToFileURL(path).href);
  return isOurs ? fileURLToPath(LIBRARY).replace(/[/\\]$/, "") : path;
}
