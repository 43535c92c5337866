/**
 * The barriers of one jugfile that have not opened, and when they do.
 *
 * A barrier that waits for all that stands above a line keeps no list of it. Of each list of declared tasks it is known how
 * far it is finished without a gap; such a barrier opens when its lists are finished as far as its line.
 *
 * @module
 */
import type { Barrier, Stretch } from "../../core/session/barrier_keeper.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Frame } from "../../core/session/frame.ts";

/** What barriers know of tasks. */
export interface BarrierFacts {
  /** Whether a task is finished. */
  readonly isFinished: (hash: Hash) => boolean;
  /** The tasks of the session, in the order of their declaration; the list grows. */
  readonly declared: readonly Hash[];
}

/** A barrier that has not opened. */
interface Held {
  readonly barrier: Barrier;
  readonly open: () => void;
  /** How many of its tasks are not finished, or of its stretches. */
  remaining: number;
}

/** A list of declared tasks, and who waits for it. */
interface Line {
  readonly hashes: readonly Hash[];
  /** So many of the first are finished. */
  finished: number;
  /** Who waits for more than that. */
  waiting: { readonly held: Held; readonly count: number }[];
  /** Whether it waits for the first task that is not finished. */
  isBlocked: boolean;
}

/** Holds barriers, and opens them. */
export class Barriers {
  readonly #facts: BarrierFacts;
  readonly #held = new Set<Held>();
  /** Those that wait for tasks of their own, by task. They are told of it until they open: it may be lost again. */
  readonly #byTask = new Map<Hash, Set<Held>>();
  readonly #lines = new Map<Frame | undefined, Line>();
  /** The lines that are finished as far as this task. */
  readonly #blocked = new Map<Hash, Line[]>();
  /** Whether a task was lost that lines may have counted as finished. */
  #isStale = false;

  constructor(facts: BarrierFacts) {
    this.#facts = facts;
  }

  /** How many have not opened. */
  get size(): number {
    return this.#held.size;
  }

  /** Where the first of them stands. */
  get place(): Place | undefined {
    for (const { barrier } of this.#held) return barrier.place;
    return undefined;
  }

  /** Those that have not opened. */
  *[Symbol.iterator](): Iterator<Barrier> {
    for (const { barrier } of this.#held) yield barrier;
  }

  /** Resolves when all that the barrier waits for is finished. */
  hold(barrier: Barrier): Promise<void> {
    return new Promise((open) => {
      if (this.#isStale) this.#rebuild();
      const held: Held = { barrier, open, remaining: 0 };
      this.#held.add(held);
      this.#register(held);
    });
  }

  /** A task has a result. */
  finish(hash: Hash): void {
    if (this.#held.size === 0) return;
    for (const held of this.#byTask.get(hash) ?? []) this.#count(held);
    if (this.#isStale) return this.#rebuild();
    const lines = this.#blocked.get(hash);
    this.#blocked.delete(hash);
    for (const line of lines ?? []) this.#advance(line);
  }

  /** A task that was finished is so no more. */
  lose(hash: Hash): void {
    for (const held of this.#byTask.get(hash) ?? []) held.remaining++;
    if (this.#lines.size > 0) this.#isStale = true;
  }

  #register(held: Held): void {
    const { waitsFor } = held.barrier;
    // One more, so that it does not open before all of it was counted.
    held.remaining = 1;
    switch (waitsFor.kind) {
      case "tasks":
        for (const hash of new Set(waitsFor.hashes)) {
          if (!this.#facts.isFinished(hash)) held.remaining++;
          const others = this.#byTask.get(hash);
          if (others === undefined) this.#byTask.set(hash, new Set([held]));
          else others.add(held);
        }
        break;
      case "above":
        for (const stretch of waitsFor.stretches) this.#waitFor(stretch, held);
        break;
    }
    this.#count(held);
  }

  #waitFor({ frame, count }: Stretch, held: Held): void {
    let line = this.#lines.get(frame);
    if (line === undefined) {
      line = { hashes: frame?.declared ?? this.#facts.declared, finished: 0, waiting: [], isBlocked: false };
      this.#lines.set(frame, line);
    }
    if (count <= line.finished) return;
    held.remaining++;
    line.waiting.push({ held, count });
    if (!line.isBlocked) this.#advance(line);
  }

  /** Goes on over all that is finished, and tells those who waited for no more. */
  #advance(line: Line): void {
    let next = line.hashes[line.finished];
    while (next !== undefined && this.#facts.isFinished(next)) next = line.hashes[++line.finished];
    const met = line.waiting.filter(({ count }) => count <= line.finished);
    if (met.length > 0) line.waiting = line.waiting.filter(({ count }) => count > line.finished);
    line.isBlocked = line.waiting.length > 0 && next !== undefined;
    if (line.isBlocked && next !== undefined) {
      const lines = this.#blocked.get(next);
      if (lines === undefined) this.#blocked.set(next, [line]);
      else lines.push(line);
    }
    for (const { held } of met) this.#count(held);
  }

  /** One thing less that the barrier waits for. */
  #count(held: Held): void {
    if (--held.remaining > 0) return;
    this.#held.delete(held);
    const { waitsFor } = held.barrier;
    if (waitsFor.kind === "tasks") {
      for (const hash of waitsFor.hashes) {
        const others = this.#byTask.get(hash);
        others?.delete(held);
        if (others?.size === 0) this.#byTask.delete(hash);
      }
    }
    held.open();
  }

  /** Looks at all lines again from their beginning. What was lost in between costs this once. */
  #rebuild(): void {
    this.#isStale = false;
    this.#lines.clear();
    this.#blocked.clear();
    for (const held of [...this.#held]) if (held.barrier.waitsFor.kind === "above") this.#register(held);
  }
}
