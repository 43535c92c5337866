/**
 * The stored form of sources: which modules a function was loaded with. docs/results.md is the specification.
 *
 * The table of texts holds the text of each module under a digest of it, and lists of modules, which refer to these
 * texts. The entry of a function refers to a list.
 *
 * @module
 */
import { hash } from "node:crypto";
import { isRecord } from "../../core/is_record.ts";
import type { CodeEntry } from "../../backends/backend.ts";
import { isSourceId } from "../../backends/validation.ts";

/** Why the source of a module is unknown. Newer versions of jug may write other words. */
export type Unread =
  /** it may not be read */
  | "permission"
  /** there is no such file */
  | "missing"
  /** it cannot be read for another reason */
  | "error"
  /** it is in the program that `deno compile` made */
  | "compiled"
  /** it was changed while the jugfile was loaded */
  | "changed"
  /** the list would be too long */
  | "many";

/** A local file that was loaded, or may have been. */
export type StoredModule =
  /** `text`: the id of its text. `imports`: what each specifier in it leads to, see {@linkcode Target} */
  | { readonly text: string; readonly imports: Readonly<Record<string, string>> }
  /** a digest of its bytes: its text is not kept */
  | { readonly digest: string }
  | { readonly unread: string };

/**
 * What a specifier leads to, as text:
 *
 * - `./lib/helpers.ts`, `../helpers.ts` or a `file:` URL: a local file, relative to the folder of the jugfile
 * - `npm:kleur@4.1.5/index.mjs`, `jsr:@std/csv@1.0.3`: a package with its version
 * - `node:fs`: a module of the runtime; `jug`: this library
 * - `https://…`: a module by URL; `data:` and a digest
 * - `?` and the specifier: unknown
 */
export type Target = string;

/** Local files by their keys, which are targets. */
export type StoredModules = ReadonlyMap<Target, StoredModule>;

/** Whether a target is a local file. */
export function isLocal(target: Target): boolean {
  return target.startsWith("./") || target.startsWith("../") || target.startsWith("file:");
}

const ID_LENGTH = 32;

/** Returns the id under which a text is stored. */
export function sourceId(text: string | Uint8Array): string {
  return hash("sha256", text, "hex").slice(0, ID_LENGTH);
}

/** Returns the entry of the table for a list of modules. The same modules give the same entry. */
export function entryOfModules(modules: StoredModules): CodeEntry {
  const sorted = [...modules].toSorted(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify({ modules: Object.fromEntries(sorted) });
  return { id: sourceId(text), text };
}

/**
 * Parses a list of modules. Returns `undefined` if it is invalid, since other programs may have written it. Modules of
 * an unknown form count as unread.
 */
export function readModules(text: string): StoredModules | undefined {
  const found = parsed(text);
  const listed: unknown = isRecord(found) ? found["modules"] : undefined;
  if (!isRecord(listed)) return undefined;
  return new Map(Object.entries(listed).map(([key, module]) => [key, moduleOf(module)]));
}

function moduleOf(module: unknown): StoredModule {
  if (!isRecord(module)) return { unread: "error" };
  const { text, imports, digest, unread } = module;
  if (typeof text === "string" && isSourceId(text) && isRecord(imports)) {
    const targets = Object.entries(imports).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    return { text, imports: Object.fromEntries(targets) };
  }
  if (typeof digest === "string" && isSourceId(digest)) return { digest };
  return { unread: typeof unread === "string" ? unread : "error" };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
