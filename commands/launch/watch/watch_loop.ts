/**
 * The loop of `launch --watch`: looks, decides, acts, and waits.
 *
 * @module
 */
import type { Job } from "../job.ts";
import { afterSubmission, decide, type Decision, FIRST, type Observation, type WorkerPlan } from "./watch_state.ts";

/** What became of a submission. */
export interface Submitted {
  /** The jobs that the scheduler took. */
  readonly taken: readonly Job[];
  /** What the scheduler said when it refused some. */
  readonly refusal: string | undefined;
}

/** What the loop needs from outside. */
export interface WatchParts {
  /** Looks at the jugdir and asks the scheduler. */
  observe(): Promise<Observation>;
  submit(count: number, jobs: readonly Job[]): Promise<Submitted>;
  /** Waits for the next look. */
  pause(ms: number): Promise<void>;
  /** Called with each look and what follows from it. */
  report(seen: Observation, decision: Decision): void;
  /** Called when the scheduler refused a submission. */
  refused(text: string, count: number): void;
  /** Aborts when the user wants the watch to end. */
  readonly signal: AbortSignal;
}

/** Why the loop ended. */
export type WatchEnd = Exclude<Decision, { kind: "submit" | "wait" }> | { readonly kind: "stopped" };

/** Runs until there is nothing left to do, or until the user ends it. */
export async function watchLoop(plan: WorkerPlan, parts: WatchParts): Promise<WatchEnd> {
  let state = FIRST;
  while (!parts.signal.aborted) {
    const seen = await parts.observe();
    const decided = decide(state, seen, plan);
    state = decided.state;
    const { decision } = decided;
    parts.report(seen, decision);
    switch (decision.kind) {
      case "wait":
        break;
      case "submit": {
        const { taken, refusal } = await parts.submit(decision.count, decision.jobs);
        state = afterSubmission(state, taken, refusal !== undefined);
        if (refusal !== undefined) parts.refused(refusal, state.refusals);
        break;
      }
      default:
        return decision;
    }
    if (!parts.signal.aborted) await parts.pause(plan.everyMs);
  }
  return { kind: "stopped" };
}
