/**
 * Finds configuration files: in the folder of the jugfile and the folders above it, and the user's own.
 *
 * Only what Deno may read without asking is read. Each name in each folder costs one call of the system.
 *
 * @module
 */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { jugfilePath } from "../../engine/load/jugfile_path.ts";
import type { ConfigPlace, PlaceState } from "../cli/configuration.ts";
import type { Host } from "../cli/host.ts";

/** What looking for files needs from outside. */
export type Surroundings = Pick<Host, "mayRead" | "env">;

/** A file that may contain settings. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  /** Whether the settings are those under the key "jug" of Deno's own configuration file. */
  readonly isDenos: boolean;
}

/** The files that were found. */
export interface Found {
  /** The files in the order of precedence. */
  readonly files: readonly ConfigFile[];
  /** Everything that was looked at, in the same order. */
  readonly places: readonly ConfigPlace[];
  /** The environment variables that lead to the user's own file, if it is among the files. */
  readonly variables: readonly string[];
}

const OWN_NAMES = ["jug.json", "jug.jsonc"] as const;
const DENOS_NAMES = ["deno.json", "deno.jsonc"] as const;
/** A larger file is not a configuration file. */
const MOST_BYTES = 2 ** 20;

/**
 * Looks for files.
 *
 * @param jugfile The jugfile as the user wrote it; `undefined` for a subcommand without one. A subcommand without a
 * jugfile, or with one that is named by URL, is configured by the current folder.
 */
export function findFiles(jugfile: string | undefined, surroundings: Surroundings): Found {
  const path = jugfile === undefined ? undefined : jugfilePath(jugfile);
  const folder = path === undefined ? Deno.cwd() : dirname(resolve(path));
  const owner = ownerOf(path === undefined ? folder : resolve(path), surroundings) ?? ownerOf(folder, surroundings);
  const looked: Look[] = [];
  for (const above of foldersFrom(folder, surroundings)) looked.push(...lookInto(above, owner, surroundings));
  const users = usersFolder(surroundings);
  const isOwnFile = (path: string) => users !== undefined && dirname(path) === users.folder;
  if (users !== undefined && !looked.some(({ place }) => isOwnFile(place.path))) {
    looked.push(...OWN_NAMES.map((name) => lookAt(join(users.folder, name), undefined, surroundings)));
  }
  const files = looked.flatMap(({ file }) => file ?? []);
  return {
    files,
    places: looked.map(({ place }) => place),
    variables: files.some(({ path }) => isOwnFile(path)) ? users?.variables ?? [] : [],
  };
}

/** A place, and the file there if it may contain settings. */
interface Look {
  readonly place: ConfigPlace;
  readonly file?: ConfigFile;
}

/**
 * Returns the folder and those above it, up to the root of the repository, the user's home folder, or the root of the
 * file system.
 */
function foldersFrom(start: string, { mayRead, env }: Surroundings): string[] {
  const home = env("HOME") ?? env("USERPROFILE");
  const folders: string[] = [];
  for (let folder = start;; folder = dirname(folder)) {
    folders.push(folder);
    const git = join(folder, ".git");
    const isLast = home !== undefined && folder === resolve(home) || mayRead(git) && isThere(git);
    if (isLast) return folders;
    if (dirname(folder) === folder) break;
  }
  // On Windows, files have no owners that Deno knows, and any user may create folders next to those of others.
  return Deno.build.os === "windows" ? [start] : folders;
}

/** Returns the folder of the user's own file, and the variable that names it. */
function usersFolder({ env }: Surroundings): { folder: string; variables: readonly string[] } | undefined {
  const [name, ...parts] = Deno.build.os === "windows" ? ["APPDATA"] : ["HOME", ".config"];
  const xdg = env("XDG_CONFIG_HOME");
  if (xdg !== undefined && isAbsolute(xdg)) return { folder: join(xdg, "jug"), variables: ["XDG_CONFIG_HOME"] };
  const base = name === undefined ? undefined : env(name);
  if (name === undefined || base === undefined || !isAbsolute(base)) return undefined;
  return { folder: join(base, ...parts, "jug"), variables: [name] };
}

function lookInto(folder: string, owner: number | undefined, surroundings: Surroundings): Look[] {
  const paths = [...OWN_NAMES, ...DENOS_NAMES].map((name) => join(folder, name));
  if (surroundings.mayRead(folder)) return paths.map((path) => lookAt(path, owner, surroundings));
  // Single files may be granted nevertheless. `jug permissions` prints flags for files that exist.
  const granted = paths.filter((path) => surroundings.mayRead(path));
  return [
    ...granted.map((path) => lookAt(path, owner, surroundings)),
    { place: { path: folder, state: "not-allowed" } },
  ];
}

/**
 * Looks at one file. If it belongs to neither the owner of the jugfile nor root, it is not read: in a folder such as
 * /tmp, another user could choose settings for everyone who works below it.
 */
function lookAt(path: string, owner: number | undefined, { mayRead }: Surroundings): Look {
  const is = (state: PlaceState): Look => ({ place: { path, state } });
  if (!mayRead(path)) return is("not-allowed");
  try {
    const { isFile, size, uid } = Deno.statSync(path);
    if (!isFile) return is("absent");
    if (owner !== undefined && uid !== null && uid !== owner && uid !== 0) return is("foreign");
    if (size > MOST_BYTES) return is("unreadable");
    const text = Deno.readTextFileSync(path).replace(/^\uFEFF/, "");
    const isDenos = DENOS_NAMES.some((name) => path.endsWith(name));
    if (isDenos && !text.includes('"jug"')) return is("without-settings");
    return { place: { path, state: "used" }, file: { path, text, isDenos } };
  } catch (error) {
    const { NotCapable, NotADirectory, NotFound, PermissionDenied } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return is("absent");
    if (error instanceof PermissionDenied || error instanceof NotCapable) return is("unreadable");
    throw error;
  }
}

/** Returns the number of the user that a file or folder belongs to, if that is known. */
function ownerOf(path: string, { mayRead }: Surroundings): number | undefined {
  if (!mayRead(path)) return undefined;
  try {
    return Deno.statSync(path).uid ?? undefined;
  } catch {
    return undefined; // the jugfile does not exist, which will be reported when it is loaded
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // what cannot be seen does not end the search
  }
}
