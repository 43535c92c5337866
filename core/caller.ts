/**
 * Who called: the user's file and line, read from the V8 stack.
 *
 * @module
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A place in the user's code.
 *
 * @category Scripts
 */
export interface Place {
  /** The module's URL or path, as V8 reports it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The part of V8's CallSite that is used here (https://v8.dev/docs/stack-trace-api). */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
}

function isCallSites(value: unknown): value is CallSite[] {
  return Array.isArray(value) &&
    (value.length === 0 || typeof value[0] === "object" && value[0] !== null && "getFileName" in value[0]);
}

/** The frames above `callee`, the immediate caller first. */
function framesAbove(callee: (...args: never[]) => unknown, limit: number): CallSite[] {
  const holder: { stack?: unknown } = {};
  const prepare = Error.prepareStackTrace;
  const limitBefore = Error.stackTraceLimit;
  Error.prepareStackTrace = (_error, sites) => sites;
  Error.stackTraceLimit = limit;
  try {
    Error.captureStackTrace(holder, callee);
    const sites: unknown = holder.stack;
    return isCallSites(sites) ? sites : [];
  } finally {
    if (prepare === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limitBefore;
  }
}

/** Root of this copy of the library: frames below it are ours. */
export const LIBRARY: string = new URL("../", import.meta.url).href;
const PARTS = ["core/", "engine/", "commands/", "backends/", "mod.ts", "cli.ts"];
const OURS = waysToWrite(LIBRARY).flatMap((root) => PARTS.map((part) => root + part));

/** V8 escapes nothing in the lines of a stack, and has plain paths in its call sites. */
function waysToWrite(address: string): string[] {
  if (!address.startsWith("file:")) return [...new Set([address, decoded(address)])];
  const path = fileURLToPath(address);
  return [...new Set([address, decoded(address), path])];
}

/** Whether a frame's file, however it is written, belongs to this library or to the runtime, and so tells the user nothing. */
export function isForeignFile(file: string): boolean {
  return file.startsWith("ext:") || file.startsWith("node:") || OURS.some((part) => file.startsWith(part));
}

/** The nearest place in the user's code above `callee`, if V8 tells one. */
export function callerOf(callee: (...args: never[]) => unknown): Place | undefined {
  for (const site of framesAbove(callee, 30)) {
    const file = site.getFileName();
    if (typeof file === "string" && !isForeignFile(file)) return { file, line: site.getLineNumber() ?? 0 };
  }
  return undefined;
}

/**
 * `primes` for `/home/ann/primes.ts` and for `file:///home/ann/primes.ts?v=2`; `undefined` where there is no such part. In a
 * path, unlike in a URL, `#`, `?` and `%` are characters like any other.
 */
export function moduleName(file: string): string | undefined {
  const base = /^(https?|file|data|blob):/.test(file) ? lastPart(file) : basename(file);
  const stem = base.replace(/\.[^.]*$/, "");
  return stem === "" ? undefined : stem;
}

function lastPart(url: string): string {
  return decoded(url.replace(/[?#].*$/s, "").split("/").at(-1) ?? "");
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address; // a lone %
  }
}
