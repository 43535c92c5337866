/**
 * Small file operations whose expected outcomes are values.
 *
 * @module
 */
import { isUnsupported } from "./errors.ts";

/** The bytes of a file, `undefined` where there is none. */
export function readIfThere(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The text of a file, `undefined` where there is none. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What is known of a file, `undefined` where there is none. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a file; answers whether it was there. */
export function removeIfThere(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Creates a file; answers false if one is there already. */
export function createExclusive(path: string, text: string): boolean {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** What became of a link. */
export type LinkOutcome = "linked" | "exists" | "unsupported";

/** Gives a file a second name, unless that name is taken. */
export function linkTo(from: string, to: string): LinkOutcome {
  try {
    Deno.linkSync(from, to);
    return "linked";
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return "exists";
    if (isUnsupported(error)) return "unsupported";
    throw error;
  }
}
