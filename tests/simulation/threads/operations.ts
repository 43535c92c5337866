/**
 * The questions of claimants and the answers of the scheduler. Bytes are sent as text, one character per byte.
 *
 * @module
 */
import type { Mode } from "../file_system/host.ts";
import type { Life } from "./life.ts";
import type { Note } from "./notes.ts";

/** Operations on a file system. */
export type FileOperation =
  | {
    readonly kind: "exists" | "stat" | "readFile" | "names" | "remove" | "makeFolder";
    readonly path: string;
  }
  | { readonly kind: "refresh" | "stamp" | "syncFolder" | "mount" | "watch"; readonly path: string }
  | { readonly kind: "open"; readonly path: string; readonly mode: Mode }
  | { readonly kind: "truncate"; readonly path: string; readonly length: number }
  | { readonly kind: "link" | "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "tryLock"; readonly file: number; readonly lock: "exclusive" | "shared" }
  | { readonly kind: "size" | "sync" | "close"; readonly file: number }
  | { readonly kind: "read"; readonly file: number; readonly position: number; readonly length: number }
  | { readonly kind: "write"; readonly file: number; readonly position: number; readonly bytes: string };

/** What a claimant asks for. */
export type Operation =
  | FileOperation
  /** Continues when its host's clock shows `until`, or when what it waits for has happened. */
  | {
    readonly kind: "pause";
    readonly until: number;
    readonly orWhen: "touched" | "joined" | "workers ended" | "nothing";
  }
  /** Continues at the next multiple of `everyMs` of true time, at the same time as others that do so. */
  | { readonly kind: "meet"; readonly everyMs: number }
  /** Waits for the next life. */
  | { readonly kind: "rest" };

/** A question, with the claimant's notes since its previous question. */
export interface Question {
  readonly notes: readonly Note[];
  readonly operation: Operation;
}

/** The answer to a question. */
export type Answer =
  /** `clock`: its host's monotonic clock; `wall`: its host's date. */
  | { readonly kind: "value"; readonly value: unknown; readonly clock: number; readonly wall: number }
  | { readonly kind: "failure"; readonly code: string; readonly clock: number; readonly wall: number }
  /** Its process was killed: no further operation is executed. */
  | { readonly kind: "killed" }
  | { readonly kind: "life"; readonly life: Life; readonly clock: number; readonly wall: number };

/** Converts bytes to text, one character per byte. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Converts text back to bytes. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
