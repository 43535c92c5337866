/**
 * The permissions with which a command finds the configuration files that it finds now.
 *
 * @module
 */
import type { Configuration } from "../cli/configuration.ts";
import type { Need } from "../deno_flags/need.ts";

/** Returns the needs for the files with settings. */
export function configNeeds({ places, variables }: Pick<Configuration, "places" | "variables">): Need[] {
  const files = places.flatMap(({ path, state }): Need[] => state === "used" ? [{ kind: "read", value: path }] : []);
  const isUsersRead = files.length > 0;
  return [...files, ...isUsersRead ? variables.map((value): Need => ({ kind: "env", value })) : []];
}
