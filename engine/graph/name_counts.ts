/**
 * Counts tasks by name and state, for showing progress.
 *
 * @module
 */

/** The states that are counted. */
type Counted = "claimed" | "held" | "finished" | "failed";

/** The counts of the tasks of one name, as one worker sees them. */
export interface NameCount extends Readonly<Record<Counted, number>> {
  readonly name: string;
  readonly total: number;
  /** How many of the finished tasks already had a result when this run looked them up. */
  readonly found: number;
}

/** The counts of one name. The graph's entries of all tasks of that name refer to it. */
export interface MutableNameCount extends Record<Counted, number> {
  readonly name: string;
  total: number;
  found: number;
  isChanged: boolean;
}

function isCounted(state: string): state is Counted {
  return state === "claimed" || state === "held" || state === "finished" || state === "failed";
}

/** Keeps the counts, and a list of those that changed: reporting costs as much as the changes, not as all names. */
export class NameCounts {
  readonly #counts = new Map<string, MutableNameCount>();
  #changed: MutableNameCount[] = [];

  /** Adds a task in `state`. */
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

  /** Whether any task of this name is neither finished nor failed. */
  isUnfinished(name: string): boolean {
    const count = this.#counts.get(name);
    return count !== undefined && count.finished + count.failed < count.total;
  }

  /** Records that a task changed its state. */
  move(count: MutableNameCount, from: string, to: string): void {
    if (isCounted(from)) count[from]--;
    if (isCounted(to)) count[to]++;
    if (from === "unchecked" && to === "finished") count.found++;
    this.#touch(count);
  }

  /** Returns the counts that changed since the last call, in the order in which they first changed. */
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
