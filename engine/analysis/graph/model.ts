/**
 * The graph of a jugfile's tasks, as the pictures of `jug graph`, the report and the dashboard show it.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { Place } from "../../../core/caller.ts";
import type { StateTotals } from "../../inspect/task_state.ts";

/** The tasks of one function, or one task. */
export interface GraphNode {
  /** The name of the tasks, `module.function`. */
  readonly name: string;
  /** Whether these are compound tasks. */
  readonly isCompound: boolean;
  readonly counts: StateTotals;
  /** Set if the node is one task. */
  readonly task?: {
    readonly hash: Hash;
    /** Its arguments, shortened. */
    readonly args: string;
  };
}

/** Tasks of one node that need tasks of another, or of the same. */
export interface GraphEdge {
  /** The index of the node whose results are needed. */
  readonly from: number;
  /** The index of the node that needs them. */
  readonly to: number;
  /** The number of pairs of tasks: one needs the other, directly or through tasklets. */
  readonly count: number;
}

/** The barriers at one line of code. Met and unmet ones are apart. */
export interface GraphBarrier {
  /** The line; `undefined` if it is not known. */
  readonly place: Place | undefined;
  readonly isMet: boolean;
  /** How often the jugfile reached a barrier at this line. */
  readonly times: number;
  /** How many tasks the last of them waits for, or waited for. */
  readonly waitsFor: number;
  /** How many of these are not finished. */
  readonly unfinished: number;
  /** The indices of nodes with tasks that it waits for, except those that only an earlier barrier waits for. */
  readonly before: readonly number[];
  /** The indices of nodes with tasks that were declared after it and before the next barrier. */
  readonly after: readonly number[];
  /** The indices of barriers that this one follows without a task between them. */
  readonly follows: readonly number[];
}

/** A graph: functions or single tasks, what they need of each other, and barriers between them. */
export interface TaskGraph {
  /** What a node is: all tasks of one function, or one task. */
  readonly kind: "functions" | "tasks";
  /** In the order of declaration. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** In the order in which the jugfile first reached them. */
  readonly barriers: readonly GraphBarrier[];
  /** All tasks. */
  readonly total: StateTotals;
}
