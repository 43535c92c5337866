/**
 * Finds out why a task that could run does not.
 *
 * @module
 */
import type { ProcessEntry } from "../../../backends/backend.ts";
import { taskPattern } from "../../../core/pattern.ts";
import type { DeclaredTask } from "../../../core/session/session.ts";
import type { ReadyReason } from "./answer.ts";
import type { Situation } from "./situation.ts";

/** Returns why a task that could run does not. */
export function readyReason(situation: Situation, task: DeclaredTask): ReadyReason {
  const workers = situation.workerCount;
  if (workers === 0) return { kind: "nobody-works" };
  const { name, definition: { options } } = task;
  const known = situation.workers;
  // A worker whose options are unknown may run it.
  const fit = known.filter((worker) => isTarget(optionOf(worker, "target"), name));
  if (known.length === workers && fit.length === 0) {
    return { kind: "left-out", targets: [...new Set(known.flatMap((worker) => optionOf(worker, "target") ?? []))] };
  }
  for (const [resource, needed] of Object.entries(options?.resources ?? {})) {
    const most = Math.max(0, ...fit.map((worker) => amountOf(worker, resource)));
    if (known.length === workers && needed > most) return { kind: "lacks-resources", resource, needed, most };
  }
  const running = situation.runningOf(name);
  const limits = [
    ...options?.rate === undefined ? [] : [`rate: ${options.rate}`],
    ...options?.concurrency === undefined ? [] : [`concurrency: ${options.concurrency}`],
    ...Object.entries(options?.resources ?? {}).map(([resource, amount]) => `resources: ${resource}=${amount}`),
  ];
  if (limits.length > 0) return { kind: "limited", limits, running, workers };
  return { kind: "in-turn", workers, ready: situation.readyCount };
}

/** Returns the value of an option in the text that a process states. */
function optionOf({ options }: ProcessEntry, name: string): string | undefined {
  // A value may contain spaces.
  return new RegExp(`(?:^| )--${name} (.*?)(?= --[a-z]|$)`, "s").exec(options ?? "")?.[1];
}

function isTarget(target: string | undefined, name: string): boolean {
  if (target === undefined) return true;
  try {
    return taskPattern(target).matches(name);
  } catch {
    return true; // the text may have been cut off
  }
}

function amountOf(worker: ProcessEntry, resource: string): number {
  const amounts = optionOf(worker, "provides")?.split(",").map((text) => text.split("=")) ?? [];
  const amount = Number(amounts.find(([name]) => name === resource)?.[1] ?? 0);
  return Number.isFinite(amount) ? amount : 0;
}
