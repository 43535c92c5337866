/**
 * Holds the barriers of one jugfile that have not opened, and opens them.
 *
 * A barrier that waits for all tasks above a line keeps no list of them. Instead, for each list of declared tasks this
 * module knows how far it is finished without a gap. The barrier opens when its lists are finished up to its line.
 *
 * @module
 */
import type { Barrier, Stretch } from "../../core/session/barrier_keeper.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Frame } from "../../core/session/frame.ts";

/** The facts about tasks that barriers need. */
export interface BarrierFacts {
  /** Whether a task is finished. */
  readonly isFinished: (hash: Hash) => boolean;
  /** The tasks of the session, in the order of declaration. The list grows. */
  readonly declared: readonly Hash[];
}

/** A barrier that has not opened. */
interface Held {
  readonly barrier: Barrier;
  readonly open: () => void;
  /** How many of its tasks, or of its stretches, are not finished. */
  remaining: number;
}

/** A list of declared tasks, and the barriers that wait for it. */
interface Line {
  readonly hashes: readonly Hash[];
  /** How many tasks at the beginning of the list are finished without a gap. */
  finished: number;
  /** The barriers that wait for more than that: for the first `count` tasks. */
  waiting: { readonly held: Held; readonly count: number }[];
  /** Whether it is registered as blocked by its first unfinished task. */
  isBlocked: boolean;
}

/** The barriers of one jugfile that have not opened. */
export class Barriers {
  readonly #facts: BarrierFacts;
  readonly #held = new Set<Held>();
  /**
   * The barriers that wait for given tasks, by task. A barrier stays registered until it opens, since the result of a
   * finished task may still be lost.
   */
  readonly #byTask = new Map<Hash, Set<Held>>();
  readonly #lines = new Map<Frame | undefined, Line>();
  /** The blocked lines, by their first unfinished task. */
  readonly #blocked = new Map<Hash, Line[]>();
  /** Whether a result was lost that lines may have counted as finished. */
  #isStale = false;

  constructor(facts: BarrierFacts) {
    this.#facts = facts;
  }

  /** The number of barriers that have not opened. */
  get size(): number {
    return this.#held.size;
  }

  /** The place of the first of them in the code. */
  get place(): Place | undefined {
    for (const { barrier } of this.#held) return barrier.place;
    return undefined;
  }

  /** Iterates over the barriers that have not opened. */
  *[Symbol.iterator](): Iterator<Barrier> {
    for (const { barrier } of this.#held) yield barrier;
  }

  /** Resolves when all tasks that the barrier waits for are finished. */
  hold(barrier: Barrier): Promise<void> {
    return new Promise((open) => {
      if (this.#isStale) this.#rebuild();
      const held: Held = { barrier, open, remaining: 0 };
      this.#held.add(held);
      this.#register(held);
    });
  }

  /** Records that a task has a result. */
  finish(hash: Hash): void {
    if (this.#held.size === 0) return;
    for (const held of this.#byTask.get(hash) ?? []) this.#count(held);
    if (this.#isStale) return this.#rebuild();
    const lines = this.#blocked.get(hash);
    this.#blocked.delete(hash);
    for (const line of lines ?? []) this.#advance(line);
  }

  /** Records that a finished task has lost its result. */
  lose(hash: Hash): void {
    for (const held of this.#byTask.get(hash) ?? []) held.remaining++;
    if (this.#lines.size > 0) this.#isStale = true;
  }

  #register(held: Held): void {
    const { waitsFor } = held.barrier;
    // Start at one, so that the barrier does not open before everything is counted.
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

  /** Advances a line past its finished tasks, and counts down the barriers that waited for no more. */
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

  /** Counts down what a barrier waits for, and opens it when nothing is left. */
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

  /** Rebuilds all lines from the beginning. However many results were lost since the last time, this happens once. */
  #rebuild(): void {
    this.#isStale = false;
    this.#lines.clear();
    this.#blocked.clear();
    for (const held of [...this.#held]) if (held.barrier.waitsFor.kind === "above") this.#register(held);
  }
}
