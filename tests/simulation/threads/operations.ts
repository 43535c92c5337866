/**
 * What a claimant asks of the scheduler, and what it is answered. Bytes travel as text, one character a byte.
 *
 * @module
 */
import type { Mode } from "../file_system/host.ts";
import type { Life } from "./life.ts";
import type { Note } from "./notes.ts";

/** Operations on a file system. */
export type FileOperation =
  | {
    readonly kind: "exists" | "stat" | "readFile" | "names" | "remove" | "makeFolder" | "truncate";
    readonly path: string;
  }
  | { readonly kind: "refresh" | "stamp" | "syncFolder" | "mount" | "watch"; readonly path: string }
  | { readonly kind: "open"; readonly path: string; readonly mode: Mode }
  | { readonly kind: "link" | "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "tryLock"; readonly file: number; readonly lock: "exclusive" | "shared" }
  | { readonly kind: "size" | "sync" | "close"; readonly file: number }
  | { readonly kind: "read"; readonly file: number; readonly position: number; readonly length: number }
  | { readonly kind: "write"; readonly file: number; readonly position: number; readonly bytes: string };

/** What a claimant asks. */
export type Operation =
  | FileOperation
  /** Goes on when its host's clock shows `until`, or something that it waits for happened. */
  | {
    readonly kind: "pause";
    readonly until: number;
    readonly orWhen: "touched" | "joined" | "workers ended" | "nothing";
  }
  /** Goes on at the next multiple of `everyMs` of true time, together with others who do so. */
  | { readonly kind: "meet"; readonly everyMs: number }
  /** Waits for a life. */
  | { readonly kind: "rest" };

/** A question, and what the claimant has to tell since the last one. */
export interface Question {
  readonly notes: readonly Note[];
  readonly operation: Operation;
}

/** What a claimant is answered. */
export type Answer =
  /** `clock`: its host's monotonic clock; `wall`: what the host believes to be the date. */
  | { readonly kind: "value"; readonly value: unknown; readonly clock: number; readonly wall: number }
  | { readonly kind: "failure"; readonly code: string; readonly clock: number; readonly wall: number }
  /** Its process was killed: nothing that it calls is carried out any more. */
  | { readonly kind: "killed" }
  | { readonly kind: "life"; readonly life: Life; readonly clock: number; readonly wall: number };

/** The text of bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of a text. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
