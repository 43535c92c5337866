/**
 * Finds out what a module's imports lead to.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isLibraryModule } from "../../core/session/session.ts";
import { installedPackage, packageOfFile, packageOfSpecifier } from "./packages.ts";
import { sourceId, type Target } from "./stored_sources.ts";

/** A local file by its URL, or any other target. */
export type Resolved = { readonly file: string } | { readonly target: Target };

/**
 * Resolves what the module at the `file:` URL `parent` imports, with the import map of this process. (An import map may
 * have scopes. What only these define is unknown.)
 */
export function resolveImport(specifier: string, parent: string): Resolved {
  const isRelative = /^(\.{1,2}\/|\/)/.test(specifier);
  const url = resolved(isRelative ? URL.parse(specifier, parent)?.href ?? specifier : specifier);
  const folder = () => dirname(fileURLToPath(parent));
  if (url === undefined) return { target: installedPackage(specifier, folder()) ?? `?${specifier}` };
  if (url.startsWith("node:")) return { target: url };
  if (isLibraryModule(url)) return { target: "jug" };
  if (url.startsWith("file:")) {
    const target = isRelative ? undefined : packageOfFile(url);
    return target === undefined ? { file: url.replace(/[?#].*$/s, "") } : { target };
  }
  if (/^https?:/.test(url)) return { target: url };
  if (url.startsWith("data:")) return { target: `data:${sourceId(url)}` };
  return { target: packageOfSpecifier(url, folder()) ?? `?${specifier}` };
}

/** `deno publish` analyses calls of `import.meta.resolve` and expects a constant in them. */
const resolveHere = import.meta.resolve;

function resolved(specifier: string): string | undefined {
  try {
    return resolveHere(specifier);
  } catch {
    return undefined; // it is not in the import map
  }
}
