/**
 * The queue of ready tasks, in the order in which they are to be run.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { MutableNode } from "./graph_node.ts";

/**
 * The fraction of the list by which a worker moves away when it meets another worker. With the golden ratio, the places
 * are far apart however often it moves.
 */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
/** With fewer tasks than this, moving to another place is not worthwhile. */
const FEW = 64;

/**
 * The groups of so many tasks are put together. With 32 groups, this makes batches of some 64 tasks: a claim costs as much
 * as ten of them.
 */
const NEIGHBOURS = 2048;

/** Returns the list, beginning at this fraction of it. */
function rotated<T>(list: readonly T[], place: number): readonly T[] {
  const start = Math.floor(place * list.length);
  return start === 0 ? list : [...list.slice(start), ...list.slice(0, start)];
}

/** A list of tasks, of which the first ones are done with. Entries that are no longer in the queue are skipped. */
class TaskList {
  #nodes: MutableNode[] = [];
  #head = 0;

  push(node: MutableNode): void {
    this.#nodes.push(node);
  }

  /** Returns the first task, without removing it. */
  first(): MutableNode | undefined {
    for (; this.#head < this.#nodes.length; this.#head++) {
      const node = this.#nodes[this.#head];
      if (node !== undefined && isQueued(node)) return node;
    }
    this.#nodes = [];
    this.#head = 0;
    return undefined;
  }

  /** Returns the first tasks, at most `limit`. */
  ahead(limit: number): DeclaredTask[] {
    const next: DeclaredTask[] = [];
    // Advance past tasks that have been finished, so that repeated calls do not walk over them again.
    this.first();
    for (let at = this.#head; at < this.#nodes.length && next.length < limit; at++) {
      const node = this.#nodes[at];
      if (node !== undefined && isQueued(node)) next.push(node.task);
    }
    return next;
  }

  /** Moves to another place in the list. The skipped part follows at the end. */
  moveAway(): void {
    const left = this.#nodes.length - this.#head;
    if (left < FEW) return;
    const next = this.#head + Math.floor(GOLDEN_RATIO * left);
    this.#nodes = this.#nodes.slice(next).concat(this.#nodes.slice(this.#head, next));
    this.#head = 0;
  }
}

function isQueued(node: MutableNode): boolean {
  return node.state === "ready" && !node.isParked;
}

/** A queue of ready tasks. A task leaves it by any change of its state, or when it is parked. */
export class ReadyQueue {
  readonly #place: number;
  readonly #groupOf: ((hash: Hash) => number) | undefined;
  readonly #list = new TaskList();
  /**
   * A stack of tasks whose dependencies this worker just produced. They run first, while their inputs are in memory.
   */
  readonly #fresh: MutableNode[] = [];

  /**
   * @param place Where in a list of tasks this worker begins, from 0 to 1.
   * @param groupOf The group of a task, if tasks of one group are cheaper to claim together.
   */
  constructor(place: number, groupOf?: (hash: Hash) => number) {
    this.#place = place;
    this.#groupOf = groupOf;
  }

  /** Adds tasks that became ready together. */
  addAll(nodes: readonly MutableNode[]): void {
    for (const node of this.#grouped(rotated(nodes, this.#place))) this.addLast(node);
  }

  /**
   * Puts tasks of one group side by side, within parts of the list: a task that needs results of its neighbours in the
   * jugfile then still becomes ready soon after them, while they are in memory.
   */
  *#grouped(nodes: readonly MutableNode[]): Generator<MutableNode> {
    const groupOf = this.#groupOf;
    if (groupOf === undefined) return yield* nodes;
    for (let at = 0; at < nodes.length; at += NEIGHBOURS) {
      const groups = Map.groupBy(nodes.slice(at, at + NEIGHBOURS), ({ task }) => groupOf(task.hash));
      // Workers that begin at the same place of the list begin with different groups.
      for (const group of rotated([...groups.values()], this.#place)) yield* group;
    }
  }

  addLast(node: MutableNode): void {
    node.isParked = false;
    this.#list.push(node);
  }

  addFirst(node: MutableNode): void {
    node.isParked = false;
    this.#fresh.push(node);
  }

  /** Returns the next ready task, without removing it. */
  next(): MutableNode | undefined {
    for (let last = this.#fresh.at(-1); last !== undefined; last = this.#fresh.at(-1)) {
      if (isQueued(last)) return last;
      this.#fresh.pop();
    }
    return this.#list.first();
  }

  /** Returns the next ready task that is best claimed together with this one. */
  nextWith(node: MutableNode | undefined): MutableNode | undefined {
    const next = this.next();
    if (node === undefined || next === undefined || this.#groupOf === undefined || this.#fresh.length > 0) return next;
    return this.#groupOf(next.task.hash) === this.#groupOf(node.task.hash) ? next : undefined;
  }

  /** Returns the next ready tasks, at most `limit`, without those added by {@linkcode ReadyQueue.addFirst}. */
  ahead(limit: number): DeclaredTask[] {
    return this.#list.ahead(limit);
  }

  /** Moves to another place in the list. The skipped part follows at the end. */
  moveAway(): void {
    this.#list.moveAway();
  }
}
