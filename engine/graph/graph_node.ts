/**
 * The graph's entry for one task.
 *
 * @module
 */
import { collectNodes } from "../../core/value/tasks_in_value.ts";
import type { Hash } from "../../core/brand.ts";
import { requiredTasks } from "../../core/session/dependencies.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { MutableNameCount } from "./name_counts.ts";

/** The state of a task, as one worker sees it. */
export type NodeState = "unchecked" | "waiting" | "ready" | "claimed" | "held" | "finished" | "failed";

/** A task in the graph, read-only. */
export interface GraphNode {
  readonly task: DeclaredTask;
  /** Whether this run may execute it (`--target`). */
  readonly wanted: boolean;
  readonly state: NodeState;
}

/** The graph's own entry for a task. */
export interface MutableNode extends GraphNode {
  wanted: boolean;
  state: NodeState;
  /** How many required tasks are not finished. An unopened compound task counts one more, for itself. */
  remaining: number;
  /** Whether it had a result that was damaged or removed. */
  isLost: boolean;
  /** Whether it is an unopened compound task, so that its dependencies are not all known yet. */
  isShut: boolean;
  dependents: MutableNode[] | undefined;
  /** The dependencies whose results its function receives; computed on first use. */
  loads: ReadonlySet<Hash> | "all" | undefined;
  /** How many `dependents` at the beginning of the list no longer need this node's result. */
  served: number;
  /** Whether its function has returned here, so that its inputs are not needed any more. Its result may not be stored yet. */
  isComputed: boolean;
  /** Whether it is ready but may not begin yet, so that it is not in the queue. */
  isParked: boolean;
  /** Whether it is held by another worker of this process. */
  isWithSibling: boolean;
  /** The counter of its name, if this run may execute it. */
  count: MutableNameCount | undefined;
}

/** Returns the state under which a task is counted. Tasks held by workers of this process are not counted as held. */
export function countedState({ isWithSibling }: MutableNode, state: NodeState): string {
  return state === "held" && isWithSibling ? "held here" : state;
}

/** Returns the dependencies whose results a task's function receives: all but those passed with `noLoad`. */
export function loadedBy({ args, dependencies, compound }: DeclaredTask): ReadonlySet<Hash> | "all" {
  if (compound !== undefined) return "all";
  const loaded = requiredTasks(collectNodes(args, new Map()).values());
  return loaded.length === requiredTasks(dependencies).length ? "all" : new Set(loaded.map((task) => task.hash));
}
