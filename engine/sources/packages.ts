/**
 * Finds the versions of packages that were loaded.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mayRead } from "./local_file.ts";

/** `npm:` or `jsr:`, name, version or range, and the path inside the package. */
const PACKAGE = /^(npm|jsr):\/?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(\/.*)?$/;
/** The place of a package in Deno's cache. */
const CACHED = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/(\d+\.\d+\.\d+[^/]*)(\/.*)$/;
/** The place of a package in a folder `node_modules` that Deno made. */
const LINKED = /\/node_modules\/\.deno\/[^/]*@(\d+\.\d+\.\d+[^/_]*)[^/]*\/node_modules\/((?:@[^/]+\/)?[^/]+)(\/.*)$/;
/** The place of a package in any other folder `node_modules`. */
const INSTALLED = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))(\/.*)$/;
const EXACT = /^\d+\.\d+\.\d+/;

/** Returns the package of a file, as in `npm:kleur@4.1.5/index.mjs`; `undefined` if it belongs to none. */
export function packageOfFile(url: string): string | undefined {
  const cached = CACHED.exec(url);
  if (cached !== null) return `npm:${cached[1]}@${cached[2]}${cached[3]}`;
  const linked = LINKED.exec(url);
  if (linked !== null) return `npm:${linked[2]}@${linked[1]}${linked[3]}`;
  const [, root, name, rest] = INSTALLED.exec(url) ?? [];
  const version = root === undefined ? undefined : versionIn(fileURLToPath(`${root}/package.json`));
  if (root === undefined) return undefined;
  return version === undefined ? `?npm:${name}` : `npm:${name}@${version}${rest}`;
}

/**
 * Returns a package with its exact version, from a specifier such as `jsr:@std/csv@1`. If it names a range, the version
 * is looked up in the lockfile beside or above `folder`. Begins with `?` if it is not found.
 */
export function packageOfSpecifier(specifier: string, folder: string): string | undefined {
  const [, registry, name, range, path = ""] = PACKAGE.exec(specifier) ?? [];
  if (registry === undefined) return undefined;
  if (range !== undefined && EXACT.test(range)) return `${registry}:${name}@${range}${path}`;
  const locked = lockedVersion(`${registry}:${name}${range === undefined ? "" : `@${range}`}`, folder);
  return locked === undefined ? `?${specifier}` : `${registry}:${name}@${locked}${path}`;
}

/** Returns the package that Node would find for a bare name, `undefined` if there is none. */
export function installedPackage(specifier: string, folder: string): string | undefined {
  const [, name, path = ""] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined || name.startsWith(".")) return undefined;
  for (const parent of upwards(folder)) {
    const version = versionIn(join(parent, "node_modules", name, "package.json"));
    if (version !== undefined) return `npm:${name}@${version}${path}`;
  }
  return undefined;
}

/** The version numbers in lockfiles may be followed by those of peer dependencies. */
function lockedVersion(wanted: string, folder: string): string | undefined {
  for (const parent of upwards(folder)) {
    const lock = readJson(join(parent, "deno.lock"));
    if (lock === undefined) continue;
    const specifiers = fieldOf(lock, "specifiers");
    const version = fieldOf(specifiers, wanted);
    return typeof version === "string" ? version.replace(/_.*$/s, "") : undefined;
  }
  return undefined;
}

function versionIn(packageFile: string): string | undefined {
  const version = fieldOf(readJson(packageFile), "version");
  return typeof version === "string" && EXACT.test(version) ? version : undefined;
}

function* upwards(folder: string): Generator<string> {
  for (let at = folder;; at = dirname(at)) {
    yield at;
    if (dirname(at) === at) return;
  }
}

/** Returns the content of a JSON file; `undefined` if there is none that may be read. */
function readJson(path: string): unknown {
  try {
    return mayRead(path) ? JSON.parse(Deno.readTextFileSync(path)) : undefined;
  } catch {
    return undefined; // it is missing, or not for us
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
