/**
 * What a claimant works with in one life.
 *
 * @module
 */
import type { FileBackend } from "../../../backends/file.ts";
import type { Life } from "./life.ts";
import { Killed, type Seam } from "./seam.ts";
import type { ClaimantTimers } from "./timers.ts";

/** The outcome of a call of the backend. */
export type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** What a claimant works with in one life. */
export interface Context {
  readonly life: Life;
  readonly backend: FileBackend;
  readonly seam: Seam;
  readonly timers: ClaimantTimers;
  readonly random: () => number;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.stack ?? error.cause.message})` : "";
  return `${error.stack ?? error.message}${cause}`;
}

/** Calls the backend. Reports a rejection to the checker. */
export async function attempt<T>({ seam, timers }: Context, call: string, work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await timers.drive(work()) };
  } catch (error) {
    if (seam.isKilled) throw new Killed();
    seam.note({ kind: "error", call, message: messageOf(error) });
    return { ok: false };
  }
}

/** Pauses for `ms` of the host's time. */
export function pause({ seam }: Context, ms: number): void {
  seam.ask({ kind: "pause", until: seam.clock + ms, orWhen: "nothing" });
}
