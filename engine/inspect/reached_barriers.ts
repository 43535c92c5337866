/**
 * Records the barriers that a jugfile reaches while it is loaded, and between which tasks each of them is.
 *
 * @module
 */
import type { Barrier } from "../../core/session/barrier_keeper.ts";
import type { Frame } from "../../core/session/frame.ts";

/**
 * A barrier that the jugfile has reached. Its positions count the tasks that were declared before: by the function of
 * the barrier's compound task, or by the session if it is in none.
 */
export interface ReachedBarrier {
  readonly barrier: Barrier;
  /** The position of the barrier before it that opened last; 0 if there is none. */
  readonly since: number;
  /** Its own position. */
  readonly held: number;
  /** The position when it opened; `undefined` if it is unmet. */
  readonly opened: number | undefined;
  /** The position of the next barrier; `undefined` if there is none. */
  readonly until: number | undefined;
  /** The barrier before it that opened last. */
  readonly previous: ReachedBarrier | undefined;
}

/** The barriers in one list of declared tasks. */
interface Line {
  last: Draft | undefined;
  /** The barriers that opened, and that no other barrier follows yet. */
  followed: Draft[];
}

type Draft = { -readonly [key in keyof ReachedBarrier]: ReachedBarrier[key] };

/** The barriers that a jugfile has reached. */
export class ReachedBarriers implements Iterable<ReachedBarrier> {
  readonly #all: Draft[] = [];
  readonly #lines = new Map<Frame | undefined, Line>();
  readonly #declared: () => number;

  /** @param declared Returns how many tasks the session has declared. */
  constructor(declared: () => number) {
    this.#declared = declared;
  }

  [Symbol.iterator](): Iterator<ReachedBarrier> {
    return this.#all.values();
  }

  /** Records that the jugfile waits at `barrier`. Returns a function to be called when the barrier opens. */
  reach(barrier: Barrier): () => void {
    const { frame } = barrier;
    const position = () => frame === undefined ? this.#declared() : frame.declared.length;
    const line = this.#lines.get(frame) ?? { last: undefined, followed: [] };
    this.#lines.set(frame, line);
    const held = position();
    const draft: Draft = {
      barrier,
      since: line.last?.opened ?? 0,
      held,
      opened: undefined,
      until: undefined,
      previous: line.last,
    };
    this.#all.push(draft);
    for (const before of line.followed) before.until = held;
    line.followed = [];
    return () => {
      draft.opened = position();
      line.last = draft;
      line.followed.push(draft);
    };
  }
}
