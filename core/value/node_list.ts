/**
 * A list of tasks and tasklets, each once.
 *
 * @module
 */
import type { Node } from "../brand.ts";

/** Above this many nodes, a set finds duplicates faster than a linear search. */
const FEW = 8;

/** Tasks and tasklets in the order in which they were added. */
export class NodeList {
  readonly #nodes: Node[] = [];
  #known: Set<string> | undefined;

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Adds `node`, unless a node with its hash is in the list. */
  add(node: Node): void {
    if (this.#nodes.length <= FEW) {
      for (const other of this.#nodes) if (other.hash === node.hash) return;
    } else {
      this.#known ??= new Set(this.#nodes.map((other) => other.hash));
      if (this.#known.has(node.hash)) return;
      this.#known.add(node.hash);
    }
    this.#nodes.push(node);
  }
}
