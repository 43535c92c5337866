/**
 * A backend that the user's own module provides: `module:./my_backend.ts#where`. Every thread and every command opens
 * it by the address alone, so nothing has to be registered first. docs/write-a-backend.md shows how to write one.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { JugError } from "../core/errors.ts";
import type { Backend } from "./backend.ts";
import type { OpenOptions } from "./open_options.ts";

const METHODS: readonly (Exclude<keyof Backend, "address" | "batchSize">)[] = [
  "join",
  "has",
  "list",
  "load",
  "complete",
  "remove",
  "discard",
  "claim",
  "release",
  "listLocks",
  "removeLocks",
  "fail",
  "listFailures",
  "loadFailures",
  "removeFailures",
  "waitForChange",
  "close",
];

function missingFrom(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [...METHODS];
  const missing: string[] = METHODS.filter((name) => typeof Reflect.get(value, name) !== "function");
  if (typeof Reflect.get(value, "address") !== "string") missing.push("address");
  if (typeof Reflect.get(value, "batchSize") !== "number") missing.push("batchSize");
  return missing;
}

function isBackend(value: unknown): value is Backend {
  return missingFrom(value).length === 0;
}

/**
 * Opens the backend at `module:MODULE#WHERE`. Imports MODULE (a URL, or a path relative to the working directory) and
 * calls its export `openBackend` with WHERE and the options.
 *
 * @throws {JugError} of kind "usage", if the module cannot be loaded or provides no backend
 */
export async function openModuleBackend(address: string, options: OpenOptions): Promise<Backend> {
  const rest = address.slice("module:".length);
  const hash = rest.indexOf("#");
  const specifier = hash < 0 ? rest : rest.slice(0, hash);
  const where = hash < 0 ? "" : rest.slice(hash + 1);
  const remedy = "Give module:PATH#WHERE, where the module exports openBackend(where, options)";
  // The part after the # may hold a password, so it is not shown.
  const refuse = (what: string, cause?: unknown) =>
    new JugError("usage", `jugdir "module:${specifier}": ${what}`, { remedy, cause });
  const isUrl = /^[a-z][a-z0-9+.-]+:/.test(specifier);
  let found: Record<string, unknown>;
  try {
    found = await import(isUrl ? specifier : pathToFileURL(resolve(specifier)).href);
  } catch (error) {
    throw refuse(`the module cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const open = found["openBackend"];
  if (typeof open !== "function") throw refuse("the module does not export a function openBackend");
  const backend: unknown = await Reflect.apply(open, undefined, [where, options]);
  if (isBackend(backend)) return backend;
  throw refuse(`its openBackend() does not return a backend: ${missingFrom(backend).join(", ")} missing`);
}
