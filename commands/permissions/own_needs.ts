/**
 * What jug itself needs, by subcommand and backend.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { modernAddress } from "../../backends/old_address.ts";
import { isRedisAddress, parseRedisAddress } from "../../backends/redis/address.ts";
import { endpointText } from "../../backends/redis/endpoint.ts";
import { LIBRARY } from "../../core/caller.ts";
import type { Need } from "./need.ts";

/** What a subcommand does. */
export interface CommandNeeds {
  /** What it does with the jugdir. */
  readonly jugdir: "nothing" | "read" | "write";
  /** Whether it loads the jugfile: then its imports and its top level count too. */
  readonly loads: boolean;
  /** Whether it starts threads, whose modules Deno lets nobody load who may not read them. */
  readonly threads: boolean;
  /** Whether it starts a process of this program, which can be done without. */
  readonly processes?: boolean;
}

const LOOKS: CommandNeeds = { jugdir: "read", loads: true, threads: false };
const CHANGES: CommandNeeds = { jugdir: "write", loads: true, threads: false };
/** What needs the jugdir only. */
const CHANGES_ALONE: CommandNeeds = { jugdir: "write", loads: false, threads: false };

/** The subcommands that work on a jugfile. */
export const COMMAND_NEEDS: Readonly<Record<string, CommandNeeds>> = {
  execute: { jugdir: "write", loads: true, threads: true },
  status: LOOKS,
  check: LOOKS,
  "sleep-until": LOOKS,
  count: LOOKS,
  failures: { jugdir: "read", loads: false, threads: false },
  log: LOOKS,
  retry: CHANGES_ALONE,
  value: LOOKS,
  shell: { ...LOOKS, threads: true, processes: true },
  invalidate: CHANGES,
  cleanup: CHANGES,
  pack: CHANGES_ALONE,
};

/** What jug itself needs for this subcommand and jugdir. */
export function ownNeeds(command: CommandNeeds, jugdir: string): Need[] {
  return [...(command.threads ? libraryNeeds() : []), ...jugdirNeeds(jugdir, command.jugdir)];
}

/** The library's folder, where it lies on disk: a compiled program holds it in itself. */
export function libraryFolder(): string | undefined {
  return LIBRARY.startsWith("file:") && !Deno.build.standalone ? fileURLToPath(LIBRARY) : undefined;
}

/** Where the library comes from, where that is a web server: `example.org:443`. */
export function libraryHost(): string | undefined {
  const { protocol, hostname, port } = new URL(LIBRARY);
  if (!protocol.startsWith("http")) return undefined;
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

function libraryNeeds(): Need[] {
  const folder = libraryFolder();
  return folder === undefined ? [] : [{ kind: "read", value: folder }];
}

/** What a backend needs. */
export function jugdirNeeds(given: string, access: CommandNeeds["jugdir"]): Need[] {
  const jugdir = modernAddress(given);
  if (access === "nothing") return [];
  const read = (...paths: string[]): Need[] => paths.map((value) => ({ kind: "read", value }));
  const write = (...paths: string[]): Need[] =>
    access === "write" ? paths.map((value) => ({ kind: "write", value })) : [];
  if (isRedisAddress(jugdir)) return redisNeeds(jugdir);
  const [, scheme = "", rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]+):)?(.*)$/s.exec(jugdir) ?? [];
  switch (scheme.toLowerCase()) {
    case "memory":
      if (rest === "") return [];
      // It is saved beside itself, under a name that nobody knows before, and renamed.
      return [...read(access === "write" ? dirname(rest) : rest), ...write(dirname(rest))];
    case "module":
      // What the module asks for is seen when it is opened.
      return [];
    case "file":
      return [...read(fileURLToPath(jugdir)), ...write(fileURLToPath(jugdir))];
    case "sqlite":
      return [...read(rest), ...write(rest)];
    default:
      return [...read(jugdir), ...write(jugdir)];
  }
}

/** Servers that a cluster or Sentinels name are known only when they are asked. */
function redisNeeds(jugdir: string): Need[] {
  const { endpoints, tls } = parseRedisAddress(jugdir);
  const files = [tls?.ca, tls?.cert, tls?.key].flatMap((file) => file === undefined ? [] : [file]);
  const needs: Need[] = files.map((value) => ({ kind: "read", value }));
  for (const endpoint of endpoints) {
    needs.push({ kind: "net", value: endpointText(endpoint) });
    if (!("path" in endpoint)) continue;
    for (const kind of ["read", "write"] as const) needs.push({ kind, value: endpoint.path });
  }
  return needs;
}
