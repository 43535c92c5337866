/**
 * Why a task may run twice: what was done to its first run. Whatever is not explained so is an error of jug's.
 *
 * @module
 */
import type { Host } from "./guests.ts";
import { describeRun, type Run, runsByTask } from "./runs.ts";

/** Something that a check did to a run, and when (in milliseconds since 1970). */
export type Incident =
  /** All processes of a host, or the whole host, were ended, or stood still until `until`. */
  | {
    readonly kind: "killed" | "stopped" | "frozen";
    readonly host: Host;
    readonly from: number;
    readonly until: number;
  }
  /** Locks were removed by a user who said that nothing runs. */
  | { readonly kind: "unlocked"; readonly from: number; readonly until: number }
  /** Results were removed. */
  | { readonly kind: "removed"; readonly from: number; readonly until: number };

/** What a worker said: that this host took over the lock of this task from a dead process. */
export interface TakeOver {
  readonly host: Host;
  readonly task: string;
}

/** How long after its last note a result may still be on its way, and before its first note a task may have been claimed. */
const NEAR_MS = 2_000;

/** Reads what workers said. */
export function readTakeOvers(host: Host, output: string): TakeOver[] {
  const lines = output.matchAll(/took over layers\.node\((\d+), (\d+)/g);
  return [...lines].map(([, layer, place]) => ({ host, task: `${layer}.${place}` }));
}

/** Was it at work on its task, or about to be, when this happened? */
function wasHeldThrough(run: Run, { from, until }: Incident): boolean {
  const isUnderWay = run.begin <= from + NEAR_MS && (run.end ?? Infinity) >= from - NEAR_MS;
  // Claimed before, begun as soon as it could go on.
  const isAboutTo = run.begin >= until - NEAR_MS && run.begin <= until + NEAR_MS;
  return isUnderWay || isAboutTo;
}

/** Whether `incident` is why both ran. */
function explains(incident: Incident, earlier: Run, later: Run, takeOvers: readonly TakeOver[]): boolean {
  const { kind, from, until } = incident;
  switch (kind) {
    case "killed":
    case "stopped":
    case "frozen": {
      const [victim, thief] = earlier.host === incident.host ? [earlier, later] : [later, earlier];
      if (victim.host !== incident.host || thief.process === victim.process || thief.begin < from) return false;
      const isTaken = takeOvers.some(({ host, task }) => host === thief.host && task === victim.task);
      return isTaken && wasHeldThrough(victim, incident);
    }
    case "unlocked":
      return earlier.begin <= until && (earlier.end ?? Infinity) >= from - NEAR_MS && later.begin >= from;
    case "removed":
      return earlier.begin <= until && later.begin >= from;
  }
}

/** What ran more than once. */
export interface Repetitions {
  /** How many tasks did because of an incident. */
  readonly explained: number;
  /** Each repetition for which there is no reason, in words. */
  readonly unexplained: readonly string[];
}

/** Traces each repetition to an incident. */
export function traceRepetitions(
  runs: readonly Run[],
  incidents: readonly Incident[],
  takeOvers: readonly TakeOver[],
): Repetitions {
  const unexplained: string[] = [];
  const start = runs[0]?.begin ?? 0;
  let explained = 0;
  for (const list of runsByTask(runs).values()) {
    if (list.length < 2) continue;
    // Each with the one before it: what happened to the first run is no reason for a third.
    const isExplained = list.every((later, index) => {
      const earlier = list[index - 1];
      return earlier === undefined || incidents.some((one) => explains(one, earlier, later, takeOvers));
    });
    if (isExplained) explained++;
    else unexplained.push(list.map((run) => describeRun(run, start)).join(", then "));
  }
  return { explained, unexplained };
}
