/**
 * Finds out what this process may do. Deno reports whether a given path or host is granted, but does not list what it
 * granted.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { descriptorOf } from "../../core/remedy/permission_kinds.ts";
import type { Need } from "./need.ts";

/** `all`: granted completely. `part`: granted, but a part is denied. `none`: not granted. */
export type Grant = "all" | "part" | "none";

/** Returns how much of a permission this process has. Never prompts. */
export function grantOf({ kind, value }: Need): Grant {
  const descriptor = descriptorOf(kind, value);
  if (descriptor === undefined) return "none";
  const { state, partial } = Deno.permissions.querySync(descriptor);
  if (state !== "granted") return "none";
  return partial ? "part" : "all";
}

/**
 * Returns the outermost folder that contains `path` (or `path` itself) for which this process has the whole permission;
 * `undefined` if there is none.
 */
export function grantedFolder(kind: "read" | "write", path: string): string | undefined {
  let found: string | undefined;
  for (let folder = resolve(path);; folder = dirname(folder)) {
    // In flags, Deno takes a comma as the end of a path, and has no way to quote it.
    if (!folder.includes(",") && grantOf({ kind, value: folder }) === "all") found = folder;
    if (dirname(folder) === folder) return found;
  }
}
