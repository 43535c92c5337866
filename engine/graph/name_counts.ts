/**
 * How many tasks of each name are in which state, for whoever watches a run.
 *
 * @module
 */

/** A count of tasks that is shown. */
type Counted = "claimed" | "held" | "finished" | "failed";

/** How the tasks of one name stand, in the eyes of one worker. */
export interface NameCount extends Readonly<Record<Counted, number>> {
  readonly name: string;
  readonly total: number;
  /** How many of the finished ones had their results before this run came to them. */
  readonly found: number;
}

/** One name's count, which the graph keeps beside each task of that name. */
export interface MutableNameCount extends Record<Counted, number> {
  readonly name: string;
  total: number;
  found: number;
  isChanged: boolean;
}

function isCounted(state: string): state is Counted {
  return state === "claimed" || state === "held" || state === "finished" || state === "failed";
}

/** Keeps the counts. What changed is told apart, so that telling costs as much as what happened and not as what there is. */
export class NameCounts {
  readonly #counts = new Map<string, MutableNameCount>();
  #changed: MutableNameCount[] = [];

  /** One more task, in `state`. */
  add(name: string, state: string): MutableNameCount {
    let count = this.#counts.get(name);
    if (count === undefined) {
      count = { name, total: 0, claimed: 0, held: 0, finished: 0, failed: 0, found: 0, isChanged: false };
      this.#counts.set(name, count);
    }
    count.total++;
    if (isCounted(state)) count[state]++;
    this.#touch(count);
    return count;
  }

  /** A task went from one state to another. */
  move(count: MutableNameCount, from: string, to: string): void {
    if (isCounted(from)) count[from]--;
    if (isCounted(to)) count[to]++;
    if (from === "unchecked" && to === "finished") count.found++;
    this.#touch(count);
  }

  /** What changed since the last call, in the order of the first declaration where all of it is new. */
  takeChanged(): NameCount[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed.map((count) => {
      count.isChanged = false;
      const { isChanged: _, ...copy } = count;
      return copy;
    });
  }

  #touch(count: MutableNameCount): void {
    if (count.isChanged) return;
    count.isChanged = true;
    this.#changed.push(count);
  }
}
