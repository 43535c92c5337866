/**
 * Finds the user's file and line that called jug, from the V8 stack.
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
  /** The line number, counted from 1; 0 if V8 reports none. */
  readonly line: number;
}

/** The part of V8's CallSite used here (https://v8.dev/docs/stack-trace-api). */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
}

function isCallSites(value: unknown): value is CallSite[] {
  return Array.isArray(value) &&
    (value.length === 0 || typeof value[0] === "object" && value[0] !== null && "getFileName" in value[0]);
}

/** Returns the stack frames above `callee`, at most `limit`, the immediate caller first. */
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

/** The root URL of this copy of the library. */
export const LIBRARY: string = new URL("../", import.meta.url).href;
const PARTS = ["core/", "engine/", "commands/", "backends/", "mod.ts", "cli.ts"];
const OURS = waysToWrite(LIBRARY).flatMap((root) => PARTS.map((part) => root + part));

/**
 * Returns the forms in which V8 may report `address`: V8 escapes nothing in the lines of a stack, and uses plain paths
 * in its call sites.
 */
function waysToWrite(address: string): string[] {
  if (!address.startsWith("file:")) return [...new Set([address, decoded(address)])];
  const path = fileURLToPath(address);
  return [...new Set([address, decoded(address), path])];
}

/** Whether `url` is a module of the copy of this library whose root URL is `root`. */
export function isPartOf(root: string, url: string): boolean {
  return PARTS.some((part) => url.startsWith(root + part));
}

/** Whether a frame's file (a URL or a path) belongs to this library or to the runtime, so it is not user code. */
export function isForeignFile(file: string): boolean {
  return file.startsWith("ext:") || file.startsWith("node:") || OURS.some((part) => file.startsWith(part));
}

/** Returns the nearest place in user code above `callee`; `undefined` if there is none in the nearest 30 frames. */
export function callerOf(callee: (...args: never[]) => unknown): Place | undefined {
  for (const site of framesAbove(callee, 30)) {
    const file = site.getFileName();
    if (typeof file === "string" && !isForeignFile(file)) return { file, line: site.getLineNumber() ?? 0 };
  }
  return undefined;
}

/**
 * Returns the module's name: `primes` for `/home/ann/primes.ts` and for `file:///home/ann/primes.ts?v=2`, `undefined`
 * if the base name is empty. In a path, unlike in a URL, `#`, `?` and `%` are ordinary characters.
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
    return address; // a % that begins no escape sequence
  }
}
