/**
 * What is drawn of a graph: boxes and arrows between them.
 *
 * @module
 */
import type { GraphBarrier, GraphNode, TaskGraph } from "./model.ts";

/** A box. The ids are `n`, `b` or `h` and a number. */
export type Box =
  /** a function, or a task */
  | { readonly kind: "node"; readonly id: string; readonly node: GraphNode }
  /** a barrier */
  | { readonly kind: "barrier"; readonly id: string; readonly barrier: GraphBarrier }
  /** what an unmet barrier hides */
  | { readonly kind: "hidden"; readonly id: string; readonly barrier: GraphBarrier };

/** An arrow. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The number of dependencies; `undefined` if the arrow leads to a barrier or from one. */
  readonly count: number | undefined;
}

/** Boxes and arrows. */
export interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Returns what is drawn of a graph. */
export function pictureOf(graph: TaskGraph): Picture {
  const { nodes, edges, barriers } = graph;
  const boxes: Box[] = nodes.map((node, index) => ({ kind: "node", id: `n${index}`, node }));
  const arrows: Arrow[] = edges.map(({ from, to, count }) => ({ from: `n${from}`, to: `n${to}`, count }));
  const needs = new Needs(graph);
  for (const [index, barrier] of barriers.entries()) {
    const id = `b${index}`;
    boxes.push({ kind: "barrier", id, barrier });
    const arrow = (from: string, to: string) => arrows.push({ from, to, count: undefined });
    for (const node of needs.lastOf(barrier.before)) arrow(`n${node}`, id);
    for (const other of barrier.follows) arrow(`b${other}`, id);
    for (const node of needs.firstOf(barrier.after)) arrow(id, `n${node}`);
    if (barrier.isMet) continue;
    boxes.push({ kind: "hidden", id: `h${index}`, barrier });
    arrow(id, `h${index}`);
  }
  return { boxes, arrows };
}

/**
 * Which nodes need which. A barrier needs no arrow from a node whose results go to another node that it waits for, and
 * none to a node that needs another one behind it: the other arrows show that.
 */
class Needs {
  readonly #users: ReadonlyMap<number, ReadonlySet<number>>;
  readonly #sources: ReadonlyMap<number, ReadonlySet<number>>;

  constructor({ edges }: TaskGraph) {
    const users = new Map<number, Set<number>>();
    const sources = new Map<number, Set<number>>();
    const add = (to: Map<number, Set<number>>, key: number, value: number) => {
      const known = to.get(key);
      if (known === undefined) to.set(key, new Set([value]));
      else known.add(value);
    };
    for (const { from, to } of edges) {
      if (from === to) continue;
      add(users, from, to);
      add(sources, to, from);
    }
    this.#users = users;
    this.#sources = sources;
  }

  /** Returns those of `nodes` whose results no other of them needs; all of them if they need each other in a circle. */
  lastOf(nodes: readonly number[]): readonly number[] {
    return ends(nodes, this.#users);
  }

  /** Returns those of `nodes` that need no other of them; all of them if they need each other in a circle. */
  firstOf(nodes: readonly number[]): readonly number[] {
    return ends(nodes, this.#sources);
  }
}

function ends(nodes: readonly number[], next: ReadonlyMap<number, ReadonlySet<number>>): readonly number[] {
  const all = new Set(nodes);
  const found = nodes.filter((node) => ![...next.get(node) ?? []].some((other) => all.has(other)));
  return found.length === 0 ? nodes : found;
}
