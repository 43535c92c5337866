/**
 * Formats the progress of a run as a line of text.
 *
 * @module
 */
import { loadingText } from "../load/evaluation.ts";
import type { RunningCall, RunProgress } from "./progress.ts";
import { durationText, rateText } from "./throughput.ts";

/** An unchanged line is returned again only at every fifth call. */
const REPEAT = 5;

/** Produces the progress lines of a run. */
export class ProgressLines {
  #last = "";
  #unchanged = 0;

  /** Returns the next line to print, or `undefined` if it would only repeat the last one. */
  next(progress: RunProgress): string | undefined {
    // Compare without the rate: it changes even if nothing else does.
    const text = lineText({ ...progress, perSecond: undefined });
    if (text === this.#last && ++this.#unchanged < REPEAT) return undefined;
    this.#last = text;
    this.#unchanged = 0;
    return lineText(progress);
  }
}

function lineText(progress: RunProgress): string {
  if (!progress.isKnown) return "loading the jugfile";
  const { finished, total, here, loading, failed, elsewhere, calls } = progress;
  // No task is declared yet, so there is nothing to count.
  if (total === 0 && loading) return `the jugfile ${placeText(progress)}`;
  const parts = [`${finished} of ${total}${loading ? " or more" : ""} finished (${here} here)`];
  const speed = speedText(progress);
  if (speed !== "") parts.push(speed);
  if (calls.length > 0) parts.push(`running ${some(calls.map(callText), Math.max(calls.length, progress.running))}`);
  else if (elsewhere > 0) parts.push(`waiting for ${elsewhere} that others run: ${some(progress.held, elsewhere)}`);
  else if (loading) parts.push(`the jugfile ${placeText(progress)}`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(", ");
}

/** Returns the rate and the time left as text; empty while they are unknown. */
export function speedText({ perSecond, leftMs = 0 }: Pick<RunProgress, "perSecond" | "leftMs">): string {
  if (perSecond === undefined) return "";
  return leftMs === 0 ? rateText(perSecond) : `${rateText(perSecond)}, ${durationText(leftMs)} left`;
}

/** Returns the progress that a task reports, as in "40 % half way"; empty if it reports none. */
export function noteText({ fraction, note }: RunningCall): string {
  if (fraction === undefined) return "";
  return `${Math.round(fraction * 100)} %${note === undefined ? "" : ` ${note}`}`;
}

function callText(running: RunningCall): string {
  const note = noteText(running);
  return note === "" ? running.call : `${running.call} (${note})`;
}

function placeText({ barrier, hasBegun }: RunProgress): string {
  return barrier === undefined ? loadingText(hasBegun) : `waits at the barrier in line ${barrier.line}`;
}

function some(calls: readonly string[], count: number): string {
  const shown = calls.slice(0, 2).join(", ");
  return count > 2 ? `${shown} and ${count - 2} more` : shown;
}
