/**
 * Parses `--permissions` of `jug launch`.
 *
 * @module
 */
import type { Need } from "../deno_flags/need.ts";
import { passOnNeeds } from "../run/isolate_options.ts";

/** Everything, or some needs. */
export type GivenPermissions = "all" | readonly Need[];

/**
 * Returns the permissions that a text means: `-A` for all, or a list as in `read=data net=example.org:443`. Deno's own
 * form (`--allow-read=data`) is accepted, too.
 *
 * @throws {JugError} of kind "usage" if `text` cannot be parsed.
 */
export function permissionNeeds(text: string, subject = "option '--permissions'"): GivenPermissions {
  if (/^\s*(?:-A|--allow-all)\s*$/.test(text)) return "all";
  return passOnNeeds(text.replaceAll(/(^|\s)--allow-/g, "$1"), subject);
}
