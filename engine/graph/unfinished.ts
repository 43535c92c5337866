/**
 * Finds unfinished tasks and the reasons.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Barrier, Stretch } from "../../core/session/barrier_keeper.ts";
import type { Frame } from "../../core/session/frame.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { formatCall } from "../../core/format.ts";
import { awaitedByCompounds, type AwaitedTasks } from "./unopened_compounds.ts";
import { dependenciesFirst, requiredTasks } from "../../core/session/dependencies.ts";
import type { TooLong } from "../limits/time_left.ts";
import type { Graph } from "./graph.ts";
import type { GraphNode } from "./graph_node.ts";

/** Why a task is unfinished. */
export type UnfinishedReason =
  | { readonly kind: "failed" }
  /** an earlier run failed and kept the failure (`--keep-failed`) */
  | { readonly kind: "kept-failed" }
  | { readonly kind: "needs-failed"; readonly name: string }
  | { readonly kind: "held"; readonly owner: string }
  | { readonly kind: "needs-held"; readonly name: string }
  /** it waits for a task that `--target` leaves out */
  | { readonly kind: "needs-unwanted"; readonly name: string }
  /** it needs more of a resource than this process has */
  | { readonly kind: "lacks-resources"; readonly resources: string }
  | { readonly kind: "needs-lacking"; readonly name: string }
  /**
   * it is not expected to end in the time of this process. `ms`: how long it takes; `isNever`: longer than all its time
   */
  | { readonly kind: "too-long"; readonly ms: number | undefined; readonly isNever: boolean }
  | { readonly kind: "needs-too-long"; readonly name: string; readonly isNever: boolean }
  /** it depends on itself, through what functions of compound tasks returned or wait for */
  | { readonly kind: "circular"; readonly name: string }
  /** the run ended before it was started */
  | { readonly kind: "not-begun" };

/** The unfinished tasks of one name with the same reason. */
export interface UnfinishedTasks {
  readonly name: string;
  readonly count: number;
  /** The first of them, as a call. */
  readonly example: string;
  readonly reason: UnfinishedReason;
}

/** The facts that are not in the graph. */
export interface UnfinishedFacts {
  /** The id of the owner that held a task when this worker last tried to claim it. */
  readonly owners: ReadonlyMap<Hash, string>;
  /** The owner id of this process. Tasks that its workers held have been released at the end. */
  readonly self: string;
  /** Tasks whose failure an earlier run kept. */
  readonly kept: ReadonlySet<Hash>;
  /** Returns the resource that a task needs more of than this process has; `undefined` if none. */
  readonly lacking: (task: DeclaredTask) => string | undefined;
  /** Returns how a task exceeds the time of this process; `undefined` if it does not. Default: time is not limited. */
  readonly tooLong?: ((task: DeclaredTask) => TooLong | undefined) | undefined;
}

/** Returns the wanted tasks without a result, grouped by name and reason. */
export function findUnfinished(graph: Graph, facts: UnfinishedFacts): readonly UnfinishedTasks[] {
  const groups = new Map<string, { tasks: UnfinishedTasks; count: number }>();
  for (const [{ task, wanted }, reason] of whyUnfinished(graph, facts, awaitedByCompounds(graph))) {
    if (!wanted) continue;
    const { name } = task;
    const key = JSON.stringify([name, reason]);
    const group = groups.get(key);
    if (group !== undefined) {
      group.count++;
      continue;
    }
    groups.set(key, { tasks: { name, count: 1, example: formatCall(task), reason }, count: 1 });
  }
  return [...groups.values()].map(({ tasks, count }) => ({ ...tasks, count }));
}

/**
 * Returns the first barrier that cannot open in this run: a task that it waits for failed, is left out by `--target`,
 * lacks resources, or needs such a task. A wanted task that was only not begun does not count: it waits for the
 * function of a compound task, which may still continue.
 */
export function lostBarrier(graph: Graph, facts: UnfinishedFacts): Barrier | undefined {
  if (graph.barriers.size === 0) return undefined;
  const lost = new Set<Hash>();
  // Ignore what functions of compound tasks wait for: a function may also wait for something else, and continue then.
  for (const [{ task, wanted }, { kind }] of whyUnfinished(graph, facts, new Map())) {
    if (!wanted || kind !== "not-begun") lost.add(task.hash);
  }
  const firstLost = new Map<Frame | undefined, number>();
  const isFinal = ({ frame, count }: Stretch): boolean => {
    let first = firstLost.get(frame);
    if (first === undefined) {
      first = (frame?.declared ?? graph.declared).findIndex((hash) => lost.has(hash));
      firstLost.set(frame, first);
    }
    return first >= 0 && first < count;
  };
  for (const barrier of graph.barriers) {
    const { waitsFor } = barrier;
    const isShut = waitsFor.kind === "tasks"
      ? waitsFor.hashes.some((hash) => lost.has(hash))
      : waitsFor.stretches.some(isFinal);
    if (isShut) return barrier;
  }
  return undefined;
}

/** Returns the tasks without a result and the reasons, dependencies first. */
function whyUnfinished(
  graph: Graph,
  facts: UnfinishedFacts,
  awaited: ReadonlyMap<DeclaredTask, AwaitedTasks>,
): ReadonlyMap<GraphNode, UnfinishedReason> {
  const reasons = new Map<Hash, UnfinishedReason>();
  const found = new Map<GraphNode, UnfinishedReason>();
  if (Iterator.from(graph.nodes()).every(({ state }) => state === "finished")) return found;
  const awaitedTasks = (task: DeclaredTask) => nodesOf(graph, awaited.get(task)?.tasks ?? []).map(({ task }) => task);
  const firstLasting = firstLastingReason(graph, reasons);
  // Dependencies come first, so their reasons are known when a task is reached.
  for (const task of dependenciesFirst([...graph.nodes()].map((node) => node.task), awaitedTasks)) {
    const node = graph.node(task.hash);
    if (node === undefined || node.state === "finished") continue;
    const reason = reasonFor(graph, node, reasons, facts, {
      tasks: awaitedTasks(task),
      above: (awaited.get(task)?.above ?? []).flatMap((stretch) => firstLasting(stretch) ?? []),
    });
    reasons.set(task.hash, reason);
    found.set(node, reason);
  }
  return found;
}

function nodesOf(graph: Graph, hashes: readonly Hash[]): GraphNode[] {
  return hashes.flatMap((hash) => graph.node(hash) ?? []);
}

/**
 * Returns a function that finds the first task of a stretch that cannot finish in this run. It scans each task once.
 */
function firstLastingReason(
  graph: Graph,
  reasons: ReadonlyMap<Hash, UnfinishedReason>,
): (stretch: Stretch) => DeclaredTask | undefined {
  const scans = new Map<Frame | undefined, { next: number; found: { index: number; node: GraphNode } | undefined }>();
  return ({ frame, count }) => {
    const scan = scans.get(frame) ?? { next: 0, found: undefined };
    scans.set(frame, scan);
    const declared = frame?.declared ?? graph.declared;
    for (; scan.found === undefined && scan.next < count; scan.next++) {
      const [node] = nodesOf(graph, declared.slice(scan.next, scan.next + 1));
      if (node === undefined || node.state === "finished") continue;
      const reason = reasons.get(node.task.hash);
      // Its reason has not been determined yet.
      if (reason === undefined) break;
      if (consequence(node.task.name, node.wanted, reason).kind !== "not-begun") {
        scan.found = { index: scan.next, node };
      }
    }
    return scan.found !== undefined && scan.found.index < count ? scan.found.node.task : undefined;
  };
}

function reasonFor(
  graph: Graph,
  node: GraphNode,
  reasons: ReadonlyMap<Hash, UnfinishedReason>,
  { owners, self, kept, lacking, tooLong }: UnfinishedFacts,
  awaited: { readonly tasks: readonly DeclaredTask[]; readonly above: readonly DeclaredTask[] },
): UnfinishedReason {
  const { task, state } = node;
  if (state === "failed") return kept.has(task.hash) ? { kind: "kept-failed" } : { kind: "failed" };
  const owner = owners.get(task.hash);
  if (state === "held" && owner !== self) return { kind: "held", owner: owner ?? "another process" };
  const resources = state === "ready" ? lacking(task) : undefined;
  if (resources !== undefined) return { kind: "lacks-resources", resources };
  const excess = state === "ready" ? tooLong?.(task) : undefined;
  if (excess !== undefined) return { kind: "too-long", ms: excess.expectedMs, isNever: excess.isNever };
  let best: UnfinishedReason = { kind: "not-begun" };
  for (const required of [...requiredTasks(task.dependencies), ...awaited.tasks, ...awaited.above]) {
    const base = graph.node(required.hash);
    if (base === undefined || base.state === "finished") continue;
    const candidate = consequence(required.name, base.wanted, reasons.get(required.hash));
    if (RANK[candidate.kind] > RANK[best.kind]) best = candidate;
  }
  return best;
}

/** Ranks reasons by how long they last. If several apply, the one with the highest rank is reported. */
const RANK: Readonly<Record<UnfinishedReason["kind"], number>> = {
  "not-begun": 0,
  "held": 1,
  "needs-held": 1,
  "needs-unwanted": 2,
  "lacks-resources": 2,
  "needs-lacking": 2,
  "too-long": 2,
  "needs-too-long": 2,
  "circular": 2,
  "kept-failed": 3,
  "failed": 3,
  "needs-failed": 3,
};

/** Returns the reason for a task, if a task that it needs is unfinished for `reason`. */
function consequence(name: string, wanted: boolean, reason: UnfinishedReason | undefined): UnfinishedReason {
  switch (reason?.kind) {
    case "failed":
    case "kept-failed":
      return { kind: "needs-failed", name };
    case "held":
      return { kind: "needs-held", name };
    case "lacks-resources":
      return { kind: "needs-lacking", name };
    case "too-long":
      return { kind: "needs-too-long", name, isNever: reason.isNever };
    case "needs-failed":
    case "needs-held":
    case "needs-lacking":
    case "needs-too-long":
    case "needs-unwanted":
    case "circular":
      return reason;
    // Dependencies come first, so a missing reason means that the two tasks depend on each other.
    case undefined:
      return { kind: "circular", name };
    case "not-begun":
      return wanted ? { kind: "not-begun" } : { kind: "needs-unwanted", name };
  }
}
