/**
 * The latest failures of a jugdir, for a display that follows it. Loads the records of these few, not of all.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { claimTimeOf } from "../../backends/stored/lock_token.ts";
import type { Hash } from "../../core/brand.ts";
import { decodeFailure, failureMessage } from "../results/failures.ts";

/** A failure. Its texts come from the store. */
export interface LatestFailure {
  readonly hash: Hash;
  /** The task as a call. */
  readonly call: string;
  /** The error and its message. */
  readonly text: string;
  /** When it failed, in milliseconds since 1970 by the worker's clock. */
  readonly time: number;
}

/** How many are kept. */
const KEPT = 32;
/** How many records are read at first if the tokens do not tell which failures are the latest. */
const READ = 1024;

/** The latest failures. */
export class LatestFailures {
  readonly #backend: Pick<Backend, "loadFailures">;
  /** Those that are loaded, by task. */
  #loaded = new Map<Hash, LatestFailure>();
  /** Those that were heard of since the last load. */
  readonly #heard = new Set<Hash>();
  /** The tokens of the failures at the last look at all. */
  #tokens: ReadonlyMap<Hash, string> | undefined;

  constructor(backend: Pick<Backend, "loadFailures">) {
    this.#backend = backend;
  }

  /** Notes that a task has just failed. */
  add(hash: Hash): void {
    this.#heard.delete(hash);
    this.#heard.add(hash);
    if (this.#heard.size > KEPT) { for (const oldest of this.#heard) return void this.#heard.delete(oldest); }
  }

  /** Takes over a list of all failures with their tokens. */
  adopt(tokens: ReadonlyMap<Hash, string>): void {
    const known = this.#tokens;
    const added = [...tokens].filter(([hash, token]) => known?.get(hash) !== token);
    this.#tokens = tokens;
    const timed = added.map(([hash, token]) => ({ hash, since: claimTimeOf(token)?.since }));
    const isOrdered = timed.every(({ since }) => since !== undefined);
    const latest = isOrdered
      ? timed.toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0)).slice(-KEPT)
      : timed.slice(-READ);
    for (const { hash } of latest) this.#heard.add(hash);
  }

  /** Loads the records of those that were heard of, and keeps the latest. */
  async load(): Promise<void> {
    const asked = [...this.#heard];
    this.#heard.clear();
    for (let at = 0; at < asked.length; at += KEPT) {
      const hashes = asked.slice(at, at + KEPT);
      for (const [i, bytes] of (await this.#backend.loadFailures(hashes)).entries()) {
        const hash = hashes[i];
        const record = bytes && decodeFailure(bytes);
        // One that cannot be read is still counted.
        if (hash === undefined || record?.kind !== "failure") continue;
        const { task, args, time } = record.failure;
        const text = failureMessage(record.failure);
        this.#loaded.set(hash, { hash, call: `${task}(${args})`, text, time: Number.isFinite(time) ? time : 0 });
      }
    }
    if (asked.length === 0) return;
    const sorted = [...this.#loaded].toSorted(([, a], [, b]) => b.time - a.time);
    this.#loaded = new Map(sorted.slice(0, KEPT));
  }

  /** Returns those that still count, the last one first. */
  latest(isFailed: (hash: Hash) => boolean): LatestFailure[] {
    return [...this.#loaded.values()].filter(({ hash }) => isFailed(hash));
  }
}
