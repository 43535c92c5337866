/**
 * The permission values that jug checks for the processes it starts (`--isolate`, `jug shell`). Deno reports whether a
 * given path or host is granted, but does not list what it granted, so these processes get only what jug can guess.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { SYS_KINDS } from "../../core/remedy/permission_kinds.ts";
import type { Kind } from "../../core/remedy/permission_kinds.ts";
import { IMPORT_DEFAULTS, type Need } from "./need.ts";
import { hostOf, libraryHost } from "./own_needs.ts";

/** The jugfile and arguments of a run. */
export interface RunPlace {
  /** The path or URL of the jugfile. */
  readonly jugfile: string;
  /** The arguments for the jugfile. */
  readonly args: readonly string[];
}

/** Returns the values of this kind to check one by one: those in `known`, and guesses from the jugfile and its args. */
export function provableValues(kind: Kind, known: readonly Need[], place: RunPlace): string[] {
  return [
    ...known.flatMap((need) => need.kind === kind && need.value !== undefined ? [need.value] : []),
    ...nearValues(kind, place),
  ];
}

function nearValues(kind: Kind, { jugfile, args }: RunPlace): readonly string[] {
  switch (kind) {
    case "read":
    case "write":
      return [
        ".",
        ...(isUrl(jugfile) ? [] : [jugfile, dirname(resolve(jugfile))]),
        ...args.filter((arg) => arg !== ""),
      ];
    case "sys":
      return SYS_KINDS;
    case "import": {
      const hosts = [...IMPORT_DEFAULTS, libraryHost(), isUrl(jugfile) ? hostOf(jugfile) : undefined];
      return hosts.flatMap((host) => host ?? []);
    }
    case "net":
    case "env":
    case "run":
    case "ffi":
      return [];
  }
}

/** Whether values of this kind are paths, for which the outermost granted folder can be found. */
export function hasFolders(kind: Kind): kind is "read" | "write" {
  return kind === "read" || kind === "write";
}

/** Whether the jugfile is fetched from a web server. */
export function isUrl(jugfile: string): boolean {
  return /^https?:/.test(jugfile);
}
