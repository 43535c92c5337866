/**
 * Ready tasks in the order they are to be run.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import type { MutableNode } from "./graph_node.ts";

/** By this part of the list a worker moves on that meets another: however often it does, the places lie far apart. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
/** With fewer tasks than this, to look for another place is not worth it. */
const FEW = 64;

/** A queue of ready tasks. Entries may have left that state since they were put in; they are passed over. */
export class ReadyQueue {
  readonly #place: number;
  #list: MutableNode[] = [];
  #head = 0;
  /** Whose dependencies this worker just produced: run first, while their inputs are at hand. */
  readonly #fresh: MutableNode[] = [];

  /** `place`: where in a list of tasks this worker begins, from 0 to 1. */
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

  /** The task whose turn it is. It stays in the queue. */
  next(): MutableNode | undefined {
    for (let last = this.#fresh.at(-1); last !== undefined; last = this.#fresh.at(-1)) {
      if (last.state === "ready") return last;
      this.#fresh.pop();
    }
    return this.#skip();
  }

  /** Goes on to the next task of the list that is ready. */
  #skip(): MutableNode | undefined {
    for (; this.#head < this.#list.length; this.#head++) {
      const node = this.#list[this.#head];
      if (node !== undefined && node.state === "ready") return node;
    }
    this.#list = [];
    this.#head = 0;
    return undefined;
  }

  /** Takes out what {@linkcode next} answered. */
  drop(node: MutableNode): void {
    if (this.#fresh.at(-1) === node) this.#fresh.pop();
    else this.#head++;
  }

  /** The tasks that come next, at most `limit`, leaving aside those that were added to be run first. */
  ahead(limit: number): DeclaredTask[] {
    const next: DeclaredTask[] = [];
    // Whoever finishes what is answered and asks again must not walk over all of that once more.
    this.#skip();
    for (let at = this.#head; at < this.#list.length && next.length < limit; at++) {
      const node = this.#list[at];
      if (node?.state === "ready") next.push(node.task);
    }
    return next;
  }

  /** Goes on elsewhere in the list; the rest follows in the end. */
  moveAway(): void {
    const left = this.#list.length - this.#head;
    if (left < FEW) return;
    const next = this.#head + Math.floor(GOLDEN_RATIO * left);
    this.#list = this.#list.slice(next).concat(this.#list.slice(this.#head, next));
    this.#head = 0;
  }
}
