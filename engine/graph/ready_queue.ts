/**
 * The queue of ready tasks, in the order in which they are to be run.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import type { MutableNode } from "./graph_node.ts";

/**
 * The fraction of the list by which a worker moves away when it meets another worker. With the golden ratio, the places
 * are far apart however often it moves.
 */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
/** With fewer tasks than this, moving to another place is not worthwhile. */
const FEW = 64;

/** A queue of ready tasks. Entries that are no longer ready are skipped. */
export class ReadyQueue {
  readonly #place: number;
  #list: MutableNode[] = [];
  #head = 0;
  /**
   * A stack of tasks whose dependencies this worker just produced. They run first, while their inputs are in memory.
   */
  readonly #fresh: MutableNode[] = [];

  /** @param place Where in a list of tasks this worker begins, from 0 to 1. */
  constructor(place: number) {
    this.#place = place;
  }

  /** Adds tasks that became ready together. */
  addAll(nodes: readonly MutableNode[]): void {
    const start = Math.floor(this.#place * nodes.length);
    for (const node of nodes.slice(start)) this.#list.push(node);
    for (const node of nodes.slice(0, start)) this.#list.push(node);
  }

  addLast(node: MutableNode): void {
    this.#list.push(node);
  }

  addFirst(node: MutableNode): void {
    this.#fresh.push(node);
  }

  /** Returns the next ready task, without removing it. */
  next(): MutableNode | undefined {
    for (let last = this.#fresh.at(-1); last !== undefined; last = this.#fresh.at(-1)) {
      if (last.state === "ready") return last;
      this.#fresh.pop();
    }
    return this.#skip();
  }

  /** Advances to the next ready task of the list and returns it. */
  #skip(): MutableNode | undefined {
    for (; this.#head < this.#list.length; this.#head++) {
      const node = this.#list[this.#head];
      if (node !== undefined && node.state === "ready") return node;
    }
    this.#list = [];
    this.#head = 0;
    return undefined;
  }

  /** Removes the task that {@linkcode ReadyQueue.next} returned. */
  drop(node: MutableNode): void {
    if (this.#fresh.at(-1) === node) this.#fresh.pop();
    else this.#head++;
  }

  /** Returns the next ready tasks, at most `limit`, without those added by {@linkcode ReadyQueue.addFirst}. */
  ahead(limit: number): DeclaredTask[] {
    const next: DeclaredTask[] = [];
    // Advance past tasks that have been finished, so that repeated calls do not walk over them again.
    this.#skip();
    for (let at = this.#head; at < this.#list.length && next.length < limit; at++) {
      const node = this.#list[at];
      if (node?.state === "ready") next.push(node.task);
    }
    return next;
  }

  /** Moves to another place in the list. The skipped part follows at the end. */
  moveAway(): void {
    const left = this.#list.length - this.#head;
    if (left < FEW) return;
    const next = this.#head + Math.floor(GOLDEN_RATIO * left);
    this.#list = this.#list.slice(next).concat(this.#list.slice(this.#head, next));
    this.#head = 0;
  }
}
