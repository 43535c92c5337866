/**
 * Opens the backend that an address names.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { JugError } from "../core/errors.ts";
import type { Backend } from "./backend.ts";
import { modernAddress } from "./old_address.ts";
import type { OpenOptions } from "./open_options.ts";
import { schemeOf } from "./scheme.ts";

function isAbsent(path: string): boolean {
  try {
    Deno.statSync(path);
    return false;
  } catch (error) {
    // Other problems, such as a missing permission, are reported when the backend is opened.
    return error instanceof Deno.errors.NotFound;
  }
}

/** @throws {JugError} if `existing` asks for something at `path`, and nothing is there. */
function requireThere(path: string, address: string, { existing = false }: OpenOptions): void {
  if (!existing || !isAbsent(path)) return;
  throw new JugError("backend", `jugdir "${address}" does not exist`, {
    remedy: "Check its name, and the current folder",
  });
}

/** @throws {JugError} if `durable` asks for what a backend of this kind cannot do. */
function refuseDurable(address: string, { durable = false }: OpenOptions, why: string, remedy: string): void {
  if (!durable) return;
  throw new JugError("usage", `jugdir "${schemeOf(address)}…" cannot be durable: ${why}`, { remedy });
}

type Opener = (address: string, options: OpenOptions) => Promise<Backend>;

async function openFile(address: string, options: OpenOptions): Promise<Backend> {
  if (address === "") throw new JugError("usage", "the jugdir's address is empty", { remedy: REMEDY });
  const { fileBackend } = await import("./file.ts");
  // Resolve now: a task may change the working directory later.
  const root = resolve(address);
  requireThere(root, address, options);
  return fileBackend({ ...options, address, root });
}

async function openMemory(address: string, options: OpenOptions): Promise<Backend> {
  refuseDurable(address, options, "results are in memory until the process ends", "Use a folder, or sqlite:FILE");
  const { memoryBackend } = await import("./memory.ts");
  const path = address.slice("memory:".length);
  if (path === "") return memoryBackend();
  const file = { path: resolve(path), address };
  requireThere(file.path, address, options);
  // The file is written at the end, when it would be too late to find out that this is not possible.
  if (options.create) (await import("./memory/saved_file.ts")).tryMemoryFile(file);
  return memoryBackend({ file });
}

async function openSqlite(address: string, options: OpenOptions): Promise<Backend> {
  const path = address.slice("sqlite:".length);
  if (path === "") {
    throw new JugError("usage", "the jugdir sqlite: has no file name", {
      remedy: "Add one, as in sqlite:primes.jugdb",
    });
  }
  requireThere(resolve(path), address, options);
  const { sqliteBackend } = await import("./sqlite.ts");
  const { create = false, durable = false } = options;
  return sqliteBackend({ create, durable, address, path: resolve(path) });
}

async function openRedis(address: string, options: OpenOptions): Promise<Backend> {
  refuseDurable(
    address,
    options,
    "whether results are on a disk is up to the server",
    "Configure the server: appendonly yes, appendfsync always",
  );
  const { redisBackend } = await import("./redis.ts");
  return redisBackend({ address, create: options.create ?? false, existing: options.existing ?? false });
}

const REMEDY =
  "Give a folder (as in primes.jugdata), sqlite:FILE, redis://HOST, or memory: for results that need not be kept";

/** One line per scheme. Each backend's module is loaded only when it is needed. */
const OPENERS: Readonly<Record<string, Opener>> = {
  "memory:": openMemory,
  "module:": async (address, options) => (await import("./user_module.ts")).openModuleBackend(address, options),
  "file:": (address, options) => openFile(fileURLToPath(address), options),
  "redis:": openRedis,
  "rediss:": openRedis,
  "redis+sentinel:": openRedis,
  "rediss+sentinel:": openRedis,
  "unix:": openRedis,
  "sqlite:": openSqlite,
};

/** The schemes of all addresses, in lower case, with their colons. */
export const SCHEMES: readonly string[] = Object.keys(OPENERS);

/**
 * Opens the backend at the address `given`: `memory:`, `redis://host`, …, or a folder. Each call with `memory:` creates
 * a new store; threads share a store through ports (see `backend_port.ts`).
 *
 * ```ts
 * import { openBackend } from "jug";
 *
 * const backend = await openBackend("memory:");
 * console.log(backend.address); // memory:
 * await backend.close();
 * ```
 *
 * @throws {JugError} of kind "usage", if no backend has that scheme; of kind "backend", if it cannot be opened
 *
 * @category Backends
 */
export function openBackend(given: string, options: OpenOptions = {}): Promise<Backend> {
  const address = modernAddress(given);
  const scheme = schemeOf(address);
  if (scheme === undefined) return openFile(address, options);
  const opener = Object.hasOwn(OPENERS, scheme) ? OPENERS[scheme] : undefined;
  if (opener !== undefined) return opener(address, options);
  // The part after the scheme may hold a password, so it is not shown.
  return Promise.reject(
    new JugError("usage", `jugdir "${scheme}…": no backend has the scheme ${scheme}`, {
      remedy: `${REMEDY}. Write a folder with a colon in its name as ./${scheme}…`,
    }),
  );
}
