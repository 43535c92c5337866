/**
 * What this process may do, as far as Deno answers: it can be asked about a path or a host, but does not list what it granted.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { descriptorOf } from "../../core/remedy/permission_kinds.ts";
import type { Need } from "./need.ts";

/** `all`: without any exception. `part`: all but something that is denied. */
export type Grant = "all" | "part" | "none";

/** How much of a permission this process has. Never prompts. */
export function grantOf({ kind, value }: Need): Grant {
  const descriptor = descriptorOf(kind, value);
  if (descriptor === undefined) return "none";
  const { state, partial } = Deno.permissions.querySync(descriptor);
  if (state !== "granted") return "none";
  return partial ? "part" : "all";
}

/** The outermost folder around `path`, or `path` itself, of which this process has the whole; `undefined` if of neither. */
export function grantedFolder(kind: "read" | "write", path: string): string | undefined {
  let found: string | undefined;
  for (let folder = resolve(path);; folder = dirname(folder)) {
    // Deno takes a comma for the end of a path, and knows no way to quote it.
    if (!folder.includes(",") && grantOf({ kind, value: folder }) === "all") found = folder;
    if (dirname(folder) === folder) return found;
  }
}
