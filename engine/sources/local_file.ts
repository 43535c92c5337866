/**
 * Reads modules from disk, only where that is permitted already: nobody is asked.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Unread } from "./stored_sources.ts";

/** Larger files are known by a digest only. */
const LARGEST_TEXT = 1024 * 1024;
/** Larger files are not read at all: data of this size is not imported. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** A file that was read, or the reason why not. */
export type LocalFile =
  /** `text` is missing if it is too long, or no text that every table can store */
  | { readonly bytes: Uint8Array; readonly text: string | undefined }
  | { readonly unread: Unread };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the file at a `file:` URL.
 *
 * @param since When modules began to be loaded, in milliseconds since 1970. A file that was changed later may be another
 * one than was loaded.
 */
export function readLocalFile(url: string, since: number): LocalFile {
  if (isCompiledIn(url)) return { unread: "compiled" };
  try {
    const path = fileURLToPath(url);
    if (!mayRead(path)) return { unread: "permission" };
    const { isFile, mtime, size } = Deno.statSync(path);
    if (!isFile) return { unread: "missing" };
    if (size > LARGEST_FILE) return { unread: "error" };
    if (mtime !== null && mtime.getTime() > since) return { unread: "changed" };
    const bytes = Deno.readFileSync(path);
    return { bytes, text: bytes.length > LARGEST_TEXT ? undefined : textOf(bytes) };
  } catch (error) {
    return { unread: reasonOf(error) };
  }
}

/** Whether Deno allows reading this file. Never prompts. */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function reasonOf(error: unknown): Unread {
  if (error instanceof Deno.errors.NotFound) return "missing";
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied
    ? "permission"
    : "error";
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** `deno compile` puts the modules of a program into such a folder. Only the program itself sees it. */
function isCompiledIn(url: string): boolean {
  return Deno.build.standalone && /\/deno-compile-[^/]+\//.test(url);
}
