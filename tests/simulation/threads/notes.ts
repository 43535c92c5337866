/**
 * Notes that claimants send to the checker.
 *
 * @module
 */
import type { CompleteOutcome } from "../../../backends/backend.ts";

/** Something that a claimant did or saw. */
export type Note =
  | { readonly kind: "claiming"; readonly hashes: readonly string[] }
  | { readonly kind: "claimed"; readonly hash: string; readonly token: string; readonly stolen: boolean }
  | { readonly kind: "running"; readonly hash: string; readonly token: string }
  | { readonly kind: "completing"; readonly hash: string; readonly token: string }
  | { readonly kind: "completed"; readonly hash: string; readonly token: string; readonly outcome: CompleteOutcome }
  | { readonly kind: "giving up"; readonly hash: string; readonly token: string; readonly how: "failed" | "released" }
  /** Begins a call that may take over from dead owners. */
  | { readonly kind: "tidying" }
  | { readonly kind: "loading" }
  /** `text`: the result that was read; missing if there was none. */
  | { readonly kind: "loaded"; readonly hash: string; readonly text?: string }
  | { readonly kind: "removing" | "removed"; readonly hashes: readonly string[] }
  | { readonly kind: "locks seen"; readonly locks: readonly { hash: string; owner: string; state: string }[] }
  | { readonly kind: "leaving" }
  | { readonly kind: "joined" | "left" }
  /** A call of the backend that rejected. */
  | { readonly kind: "error"; readonly call: string; readonly message: string }
  /** The claimant's life has ended. */
  | { readonly kind: "ended"; readonly how: "done" | "failed" };

/** Returns the text that a claimant stores as the result of a task. */
export function resultText(hash: string, token: string): string {
  return `result of ${hash} by ${token}.`;
}

/** Returns the token under which a result was computed; `undefined` if it is incomplete or belongs to another task. */
export function authorOf(hash: string, text: string): string | undefined {
  const start = `result of ${hash} by `;
  return text.startsWith(start) && text.endsWith(".") ? text.slice(start.length, -1) : undefined;
}
