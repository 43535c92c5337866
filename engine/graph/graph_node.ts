/**
 * What the graph keeps of one task.
 *
 * @module
 */
import { collectNodes } from "../../core/value/nodes_in.ts";
import type { Hash } from "../../core/brand.ts";
import { requiredTasks } from "../../core/session/node.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { MutableNameCount } from "./name_counts.ts";

/** Where a task stands in the eyes of one worker. */
export type NodeState = "unchecked" | "waiting" | "ready" | "claimed" | "held" | "finished" | "failed";

/** A task in the graph. */
export interface GraphNode {
  readonly task: DeclaredTask;
  /** Whether this run may execute it (`--target`). */
  readonly wanted: boolean;
  readonly state: NodeState;
}

/** The graph's own view of a task. */
export interface MutableNode extends GraphNode {
  wanted: boolean;
  state: NodeState;
  /** How many required tasks are not finished; a compound task that is not open counts itself as one more. */
  remaining: number;
  /** Whether it had a result that is damaged or gone. */
  isLost: boolean;
  /** A compound task whose dependencies are not known yet. */
  isShut: boolean;
  dependents: MutableNode[] | undefined;
  /** The tasks whose results its function is given; `undefined` as long as nobody asked. */
  loads: ReadonlySet<Hash> | "all" | undefined;
  /** Of `dependents`, so many from the first on need this node's result no more. */
  served: number;
  /** Whether it is held by another worker of this process. */
  isWithSibling: boolean;
  /** Where it is counted, if this run may execute it. */
  count: MutableNameCount | undefined;
}

/** Where a task is counted: what another worker of this process holds runs here. */
export function countedState({ isWithSibling }: MutableNode, state: NodeState): string {
  return state === "held" && isWithSibling ? "held here" : state;
}

/** Of what a task depends on, that which its function is given as a value: not what was passed by `noLoad`. */
export function loadedBy({ args, dependencies, compound }: DeclaredTask): ReadonlySet<Hash> | "all" {
  if (compound !== undefined) return "all";
  const loaded = requiredTasks(collectNodes(args, new Map()).values());
  return loaded.length === requiredTasks(dependencies).length ? "all" : new Set(loaded.map((task) => task.hash));
}
