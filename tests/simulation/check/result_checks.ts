/**
 * Checks results: the first one stays, none is stored twice, and none comes back after it was removed.
 *
 * @module
 */
import type { CompleteOutcome } from "../../../backends/backend.ts";
import type { SimClaimant } from "../run/sim_process.ts";
import { authorOf, type Note } from "../threads/notes.ts";
import type { CheckParts } from "./check_parts.ts";
import { mayBeRemoved } from "./ledger.ts";

/** Notes about results. */
type ResultNote = Extract<Note, { kind: "completing" | "completed" | "loading" | "loaded" | "removing" | "removed" }>;

/** Checks results. */
export class ResultChecks {
  readonly #parts: CheckParts;
  readonly #loadingSince = new Map<SimClaimant, number>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  onNote(claimant: SimClaimant, note: ResultNote): void {
    switch (note.kind) {
      case "completing":
        return this.#onCompleting(note.hash, note.token);
      case "completed":
        return this.#onCompleted(note.hash, note.token, note.outcome);
      case "loading":
        this.#loadingSince.set(claimant, this.#parts.world.now);
        return;
      case "loaded":
        return note.text === undefined ? this.#onMissed(claimant, note.hash) : this.#onLoaded(note.hash, note.text);
      case "removing":
        return this.#onRemoving(claimant, note.hashes);
      case "removed":
        return this.#onRemoved(claimant, note.hashes);
    }
  }

  #onCompleting(hash: string, token: string): void {
    const { world, ledger } = this.#parts;
    const task = ledger.of(hash);
    task.authors.set(token, world.now);
    if (task.holder?.token !== token || task.holder.state === "gave up") return;
    task.holder.state = "completing";
    task.holder.completingAt = world.now;
  }

  #onCompleted(hash: string, token: string, outcome: CompleteOutcome): void {
    const { world, ledger, report } = this.#parts;
    const task = ledger.of(hash);
    if (task.holder?.token === token) task.holder.state = outcome === "lost" ? "gave up" : "completed";
    if (outcome !== "stored") return;
    const own = task.authors.get(token) ?? 0;
    // A claimant may report its completion late: its result may have been stored, and removed, long ago.
    const earlier = task.stored.find(({ completingAt }) => !mayBeRemoved(task, Math.min(completingAt, own)));
    if (earlier !== undefined) report(`${hash} was completed twice: by ${earlier.token} and by ${token}`);
    task.stored.push({ token, completingAt: own, at: world.now });
  }

  #onLoaded(hash: string, text: string): void {
    const { world, ledger, report } = this.#parts;
    const task = ledger.of(hash);
    const author = authorOf(hash, text);
    if (author === undefined) return report(`the result of ${hash} that was read is not whole: "${text}"`);
    if (!task.authors.has(author)) return report(`${author} never completed ${hash}, but its result was read`);
    task.firstSeen ??= author;
    task.lastSeen = { author, at: world.now };
    if (author === task.firstSeen || task.removals.length > 0) return;
    report(`the result of ${hash} changed: from that of ${task.firstSeen} to that of ${author}`);
  }

  /** Called when a load found no result. */
  #onMissed(claimant: SimClaimant, hash: string): void {
    const { ledger, report } = this.#parts;
    const { stored, removals } = ledger.of(hash);
    const since = this.#loadingSince.get(claimant) ?? 0;
    const first = stored.find(({ at }) => at < since);
    if (first === undefined || removals.length > 0 || claimant.process.faultedAt > 0) return;
    report(`${claimant.name} does not find the result of ${hash}, which ${first.token} stored`);
  }

  #onRemoving(by: SimClaimant, hashes: readonly string[]): void {
    const { world, ledger } = this.#parts;
    for (const hash of hashes) ledger.of(hash).removals.push({ by, start: world.now, end: Infinity });
  }

  #onRemoved(by: SimClaimant, hashes: readonly string[]): void {
    // A failed call may look like a missing file, so this removal is not complete.
    if (by.process.faultedAt > 0) return;
    const { world, ledger } = this.#parts;
    for (const hash of hashes) {
      for (const removal of ledger.of(hash).removals) {
        if (removal.by === by) removal.end = Math.min(removal.end, world.now);
      }
    }
  }

  /** Called after all processes have ended and a process without cached answers has read all results. */
  onEnd(hash: string): void {
    const { ledger, report } = this.#parts;
    const { firstSeen, lastSeen, stored, removals } = ledger.of(hash);
    if (lastSeen === undefined) return report(`${hash} has no result in the end`);
    const last = stored.find(({ token }) => token === lastSeen.author);
    if (last !== undefined && removals.some(({ start, end }) => start > last.at && end < lastSeen.at)) {
      return report(`the result of ${hash} by ${last.token} came back after it was removed`);
    }
    const [first] = stored;
    if (first === undefined || removals.length > 0 || first.token === firstSeen) return;
    report(`the result of ${hash} is that of ${firstSeen}, but ${first.token} was told that it was the first`);
  }
}
