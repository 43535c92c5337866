/**
 * A permission that a run needs, and the flags of Deno that grant a list of them.
 *
 * @module
 */
import { dirname, relative, resolve, sep } from "node:path";
import { type Kind, KINDS } from "../../core/remedy/permission_kinds.ts";
import { shellQuote } from "../../core/remedy/shell_quote.ts";

/** A permission that a run needs. */
export interface Need {
  readonly kind: Kind;
  /** The file or folder, host, variable, …; `undefined` for all of the kind. */
  readonly value: string | undefined;
}

/** The hosts that Deno imports from by default, without a flag. */
export const IMPORT_DEFAULTS: ReadonlySet<string> = new Set([
  "deno.land:443",
  "jsr.io:443",
  "esm.sh:443",
  "raw.esm.sh:443",
  "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443",
  "gist.githubusercontent.com:443",
]);

/** The sys permission that opening a debugger asks for. Deno's flag `--allow-sys=` does not accept this name. */
const UNNAMED_SYS = "inspector";

/** Up to this many files of a folder are named one by one. If there are more, the folder is named. */
const MOST_SIBLINGS = 10;

/** Returns the fewest flags that grant `needs`. Paths inside `cwd` are relative to it. */
export function flagsFor(needs: readonly Need[], cwd: string): string[] {
  return KINDS.flatMap((kind) => {
    const wanted = needs.filter((need) => need.kind === kind);
    if (wanted.length === 0) return [];
    const named = wanted.flatMap(({ value }) => value === undefined ? [] : [value]);
    const isWhole = named.length < wanted.length || (kind === "sys" && named.includes(UNNAMED_SYS));
    if (isWhole) return [`--allow-${kind}`];
    const values = valuesOf(kind, named, cwd);
    return values.length === 0 ? [] : [shellQuote(`--allow-${kind}=${values.join(",")}`)];
  });
}

function valuesOf(kind: Kind, named: readonly string[], cwd: string): string[] {
  const values = [...new Set(named)].sort();
  switch (kind) {
    case "read":
    case "write":
    case "ffi":
      return pathsOf(values, cwd);
    case "import":
      // The flag replaces Deno's default hosts. Omit it if they suffice; otherwise name all hosts.
      return values.every((value) => IMPORT_DEFAULTS.has(value)) ? [] : values;
    default:
      return values;
  }
}

function pathsOf(values: readonly string[], cwd: string): string[] {
  const paths = values.map((path) => withoutComma(resolve(cwd, path)));
  const merged = mergeSiblings(outermost(paths));
  return outermost(merged).map((path) => shown(path, cwd)).sort();
}

/**
 * Returns the path, or the nearest folder around it without a comma in its path. In flags, Deno takes a comma as the
 * end of a path, and has no way to quote it.
 */
function withoutComma(path: string): string {
  return path.includes(",") && dirname(path) !== path ? withoutComma(dirname(path)) : path;
}

/** Returns the paths that are not inside another of `paths`. */
function outermost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const liesInOther = (path: string): boolean => {
    for (let folder = dirname(path), below = path; folder !== below; below = folder, folder = dirname(folder)) {
      if (all.has(folder)) return true;
    }
    return false;
  };
  return [...all].filter((path) => !liesInOther(path));
}

function mergeSiblings(paths: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const path of paths) count.set(dirname(path), (count.get(dirname(path)) ?? 0) + 1);
  return paths.map((path) => (count.get(dirname(path)) ?? 0) > MOST_SIBLINGS ? dirname(path) : path);
}

function shown(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  if (inside === "") return ".";
  return inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside ? path : inside;
}
