/**
 * The messages between the declaration check and the threads that load the jugfile.
 *
 * @module
 */
import type { SentError } from "../../backends/backend_port/messages.ts";
import type { Hash } from "../../core/brand.ts";
import type { Lifeline } from "../threads/thread_end.ts";

/** One task that a load declared. */
export interface Declared {
  readonly hash: Hash;
  readonly name: string;
  /** The arguments, cut to one line. */
  readonly args: string;
  /** A digest of each argument. */
  readonly digests: readonly string[];
}

/** To the thread: first the jugfile to load, then the index (in the order of declaration) of a task to describe. */
export type ToDeclaring =
  | Lifeline
  | { readonly kind: "load"; readonly jugfile: string; readonly address: string; readonly args: readonly string[] }
  | { readonly kind: "describe"; readonly index: number };

/** From the thread. */
export type FromDeclaring =
  /** In the order of declaration; incomplete if the jugfile is at an unmet barrier. */
  | { readonly kind: "declared"; readonly hashes: readonly Hash[]; readonly isLoaded: boolean }
  | { readonly kind: "described"; readonly task: Declared | undefined }
  | { readonly kind: "failed"; readonly error: SentError };
