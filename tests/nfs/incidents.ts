/**
 * Explains why a task ran twice: what the check did to its first run. A repetition without such a reason is an error of
 * jug.
 *
 * @module
 */
import type { Host } from "./guests.ts";
import { describeRun, type Run, runsByTask } from "./runs.ts";

/** Something that a check did to a run, and when (in milliseconds since 1970). */
export type Incident =
  /** All processes of a host, or the whole host, were killed, or stopped until `until`. */
  | {
    readonly kind: "killed" | "stopped" | "frozen";
    readonly host: Host;
    readonly from: number;
    readonly until: number;
  }
  /** Locks were removed by a user, who thereby declares that nothing runs. */
  | { readonly kind: "unlocked"; readonly from: number; readonly until: number }
  /** Results were removed. */
  | { readonly kind: "removed"; readonly from: number; readonly until: number };

/** A report of a worker: this host took over the lock of this task from a dead process. */
export interface TakeOver {
  readonly host: Host;
  readonly task: string;
}

/**
 * The maximum time between a task's last note and its result being stored, and between its claim and its first note.
 */
const NEAR_MS = 2_000;

/** Reads the reported takeovers from a worker's output. */
export function readTakeOvers(host: Host, output: string): TakeOver[] {
  const lines = output.matchAll(/took over layers\.node\((\d+), (\d+)/g);
  return [...lines].map(([, layer, place]) => ({ host, task: `${layer}.${place}` }));
}

/** Whether the run was in progress, or its task was claimed and about to begin, when the incident happened. */
function wasHeldThrough(run: Run, { from, until }: Incident): boolean {
  const isUnderWay = run.begin <= from + NEAR_MS && (run.end ?? Infinity) >= from - NEAR_MS;
  // Claimed before the incident, begun as soon as the process could continue.
  const isAboutTo = run.begin >= until - NEAR_MS && run.begin <= until + NEAR_MS;
  return isUnderWay || isAboutTo;
}

/** Whether `incident` is the reason why both runs happened. */
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

/** The tasks that ran more than once. */
export interface Repetitions {
  /** The number of tasks whose repetitions are explained by incidents. */
  readonly explained: number;
  /** A description of each task whose repetition has no reason. */
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
    // Compare each run with the one before: what happened to the first run does not explain a third one.
    const isExplained = list.every((later, index) => {
      const earlier = list[index - 1];
      return earlier === undefined || incidents.some((one) => explains(one, earlier, later, takeOvers));
    });
    if (isExplained) explained++;
    else unexplained.push(list.map((run) => describeRun(run, start)).join(", then "));
  }
  return { explained, unexplained };
}
