/**
 * What `--isolate` looks for: Deno answers whether a path or a host is granted but lists nothing, so that workers get what
 * can be guessed.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { SYS_KINDS } from "../../core/remedy/permission_kinds.ts";
import type { Kind } from "../../core/remedy/permission_kinds.ts";
import { IMPORT_DEFAULTS, type Need } from "./need.ts";
import { libraryHost } from "./own_needs.ts";

/** What a run is about. */
export interface RunPlace {
  /** Path or URL of the jugfile. */
  readonly jugfile: string;
  /** The jugfile's arguments. */
  readonly args: readonly string[];
}

/** The values of this kind that are asked for one by one: those of `known`, and what is near. */
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

/** Whether values of this kind are paths of which the outermost folder that is granted can be found. */
export function hasFolders(kind: Kind): kind is "read" | "write" {
  return kind === "read" || kind === "write";
}

/** Whether the jugfile is fetched. */
export function isUrl(jugfile: string): boolean {
  return /^https?:/.test(jugfile);
}

function hostOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
