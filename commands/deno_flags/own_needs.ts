/**
 * The permissions that jug itself needs, by subcommand and backend.
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

/** What a subcommand does, as far as permissions depend on it. */
export interface CommandNeeds {
  /** Its access to the jugdir. */
  readonly jugdir: "nothing" | "read" | "write";
  /** Whether it loads the jugfile. If so, it also needs what the jugfile's imports and top level need. */
  readonly loads: boolean;
  /** Whether it starts threads. Deno loads the modules of a thread only if the process may read them. */
  readonly threads: boolean;
  /** Whether it starts a process of this program. It works without, so this is optional. */
  readonly processes?: boolean;
  /** The option, if any, with which it writes a file of the user's choice. */
  readonly output?: string;
  /** Where it listens, as `--allow-net` takes it. */
  readonly listens?: string;
}

/** Where the dashboard listens unless told otherwise. */
export const DASHBOARD_IP = "127.0.0.1";
/** The digits of "jug" on a telephone, behind an 8. */
export const DASHBOARD_PORT = 8584;

const LOOKS: CommandNeeds = { jugdir: "read", loads: true, threads: false };
const CHANGES: CommandNeeds = { jugdir: "write", loads: true, threads: false };
/** For subcommands that do not load the jugfile. */
const CHANGES_ALONE: CommandNeeds = { jugdir: "write", loads: false, threads: false };

/** The subcommands that work on a jugfile, by name. */
export const COMMAND_NEEDS: Readonly<Record<string, CommandNeeds>> = {
  execute: { jugdir: "write", loads: true, threads: true },
  status: LOOKS,
  check: LOOKS,
  "sleep-until": LOOKS,
  count: LOOKS,
  tasks: LOOKS,
  times: { ...LOOKS, output: "--trace FILE" },
  failures: { jugdir: "read", loads: false, threads: false },
  why: LOOKS,
  log: LOOKS,
  graph: { ...LOOKS, output: "--output FILE" },
  webstatus: { ...LOOKS, listens: `${DASHBOARD_IP}:${DASHBOARD_PORT}` },
  report: { ...LOOKS, output: "--output FILE" },
  retry: CHANGES_ALONE,
  // With --invalidate, it needs what invalidate needs.
  stale: LOOKS,
  value: LOOKS,
  shell: { ...LOOKS, threads: true, processes: true },
  invalidate: CHANGES,
  cleanup: CHANGES,
  pack: CHANGES_ALONE,
  upgrade: CHANGES_ALONE,
  config: { jugdir: "nothing", loads: false, threads: false },
};

/** Returns what jug itself needs for this subcommand and jugdir. */
export function ownNeeds(command: CommandNeeds, jugdir: string): Need[] {
  return [
    ...command.threads ? libraryNeeds() : [],
    ...jugdirNeeds(jugdir, command.jugdir),
    ...command.listens === undefined ? [] : [{ kind: "net", value: command.listens } as const],
  ];
}

/** Returns the library's folder; `undefined` if it is not on disk. A compiled program contains the library. */
export function libraryFolder(): string | undefined {
  return LIBRARY.startsWith("file:") && !Deno.build.standalone ? fileURLToPath(LIBRARY) : undefined;
}

/** Returns the web server that the library was loaded from, as in `example.org:443`; `undefined` if there is none. */
export function libraryHost(): string | undefined {
  return LIBRARY.startsWith("http") ? hostOf(LIBRARY) : undefined;
}

/** Returns the host and port of a URL, as `--allow-net` takes them. */
export function hostOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

function libraryNeeds(): Need[] {
  const folder = libraryFolder();
  return folder === undefined ? [] : [{ kind: "read", value: folder }];
}

/** Returns what the backend of a jugdir needs. */
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
      // It is saved to a temporary file of unpredictable name in the same folder, then renamed.
      return [...read(access === "write" ? dirname(rest) : rest), ...write(dirname(rest))];
    case "module":
      // What the module needs is observed when it is opened.
      return [];
    case "file":
      return [...read(fileURLToPath(jugdir)), ...write(fileURLToPath(jugdir))];
    case "sqlite":
      return [...read(rest), ...write(rest)];
    default:
      return [...read(jugdir), ...write(jugdir)];
  }
}

/**
 * Returns what the Redis backend needs. Servers that a cluster or Sentinels name are missing: they are known only at
 * run time.
 */
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
