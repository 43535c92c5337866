/**
 * What passes between the check of a jugfile's declarations and the threads that load it.
 *
 * @module
 */
import type { SentError } from "../../backends/remote_messages.ts";
import type { Hash } from "../../core/brand.ts";
import type { Lifeline } from "../threads/lifeline.ts";

/** One task that a load declared. */
export interface Declared {
  readonly hash: Hash;
  readonly name: string;
  /** Its arguments, cut to a line. */
  readonly args: string;
  /** A digest of each argument. */
  readonly digests: readonly string[];
}

/** To the thread: what to load, then which task is wanted in full, by its place in the order of declaration. */
export type ToDeclaring =
  | Lifeline
  | { readonly kind: "load"; readonly jugfile: string; readonly address: string; readonly args: readonly string[] }
  | { readonly kind: "describe"; readonly index: number };

/** From the thread. */
export type FromDeclaring =
  /** In the order of declaration; not all of them where the jugfile stands at an unmet barrier. */
  | { readonly kind: "declared"; readonly hashes: readonly Hash[]; readonly isLoaded: boolean }
  | { readonly kind: "described"; readonly task: Declared | undefined }
  | { readonly kind: "failed"; readonly error: SentError };
