/**
 * Which tasks were not run, and why.
 *
 * @module
 */
import type { Hash } from "../core/brand.ts";
import { formatArguments } from "../core/format.ts";
import { dependenciesFirst, requiredTasks } from "../core/node.ts";
import type { Graph, GraphNode } from "./graph.ts";
import type { Leftover, LeftoverReason } from "./messages.ts";

/**
 * The wanted tasks that have no result, grouped by name and reason.
 *
 * @param owners Who held a task when it was last tried.
 * @param kept Tasks whose failure an earlier run kept.
 */
export function findLeftovers(
  graph: Graph,
  owners: ReadonlyMap<Hash, string>,
  kept: ReadonlySet<Hash>,
): readonly Leftover[] {
  const reasons = new Map<Hash, LeftoverReason>();
  const groups = new Map<string, { leftover: Leftover; count: number }>();
  // The reasons of what a task depends on are known when its turn comes.
  for (const task of dependenciesFirst([...graph.nodes()].map((node) => node.task))) {
    const node = graph.node(task.hash);
    if (node === undefined || node.state === "finished") continue;
    const reason = reasonFor(graph, node, reasons, owners, kept);
    reasons.set(node.task.hash, reason);
    if (!node.wanted) continue;
    const key = JSON.stringify([node.task.name, reason]);
    const group = groups.get(key);
    if (group !== undefined) {
      group.count++;
      continue;
    }
    const { name, args } = node.task;
    const example = `${name}(${formatArguments(args, 60)})`;
    groups.set(key, { leftover: { name, count: 1, example, reason }, count: 1 });
  }
  return [...groups.values()].map(({ leftover, count }) => ({ ...leftover, count }));
}

function reasonFor(
  graph: Graph,
  node: GraphNode,
  reasons: ReadonlyMap<Hash, LeftoverReason>,
  owners: ReadonlyMap<Hash, string>,
  kept: ReadonlySet<Hash>,
): LeftoverReason {
  const { task, state } = node;
  if (state === "failed") return kept.has(task.hash) ? { kind: "kept-failed" } : { kind: "failed" };
  if (state === "held") return { kind: "held", owner: owners.get(task.hash) ?? "another process" };
  let best: LeftoverReason = { kind: "not-begun" };
  for (const required of requiredTasks(task.dependencies)) {
    const base = graph.node(required.hash);
    if (base === undefined || base.state === "finished") continue;
    const candidate = consequence(required.name, base.wanted, reasons.get(required.hash));
    if (RANK[candidate.kind] > RANK[best.kind]) best = candidate;
  }
  return best;
}

/** Of several reasons, the one that would last longest is told. */
const RANK: Readonly<Record<LeftoverReason["kind"], number>> = {
  "not-begun": 0,
  "held": 1,
  "needs-held": 1,
  "needs-unwanted": 2,
  "kept-failed": 3,
  "failed": 3,
  "needs-failed": 3,
};

/** What it means for a task that one it needs was left for `reason`. */
function consequence(name: string, wanted: boolean, reason: LeftoverReason | undefined): LeftoverReason {
  switch (reason?.kind) {
    case "failed":
    case "kept-failed":
      return { kind: "needs-failed", name };
    case "held":
      return { kind: "needs-held", name };
    case "needs-failed":
    case "needs-held":
    case "needs-unwanted":
      return reason;
    case "not-begun":
    case undefined:
      return wanted ? { kind: "not-begun" } : { kind: "needs-unwanted", name };
  }
}
