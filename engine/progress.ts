/**
 * How far a run is, as a line of text.
 *
 * @module
 */
import type { Place } from "../core/caller.ts";
import type { WorkerView } from "./messages.ts";

/** A line that did not change is said again only after this many times. */
const REPEAT = 5;

/** Gathers what the workers say. */
export class Progress {
  readonly #views = new Map<number, WorkerView>();
  readonly #running = new Map<number, readonly string[]>();
  readonly #tasks = new Map<string, string>();
  #last = "";
  #unchanged = 0;

  running(thread: number, tasks: readonly string[]): void {
    this.#running.set(thread, tasks);
  }

  /** What a task says of itself. */
  task(call: string, fraction: number, note: string | undefined): void {
    this.#tasks.set(call, `${Math.round(fraction * 100)} %${note === undefined ? "" : ` ${note}`}`);
  }

  view(thread: number, view: WorkerView): void {
    this.#views.set(thread, view);
  }

  /** The line to say now; `undefined` where it would only repeat the last one. */
  line(executed: ReadonlyMap<string, number>): string | undefined {
    const text = this.#text(executed);
    if (text === this.#last && ++this.#unchanged < REPEAT) return undefined;
    this.#last = text;
    this.#unchanged = 0;
    return text;
  }

  #text(executed: ReadonlyMap<string, number>): string {
    // The worker that knows most is the one to ask: each sees what the others did a little later.
    let best: WorkerView | undefined;
    for (const view of this.#views.values()) {
      if (best === undefined || view.finished + view.total > best.finished + best.total) best = view;
    }
    if (best === undefined) return "loading the jugfile";
    const running = [...this.#running.values()].flat().map((call) => {
      const progress = this.#tasks.get(call);
      return progress === undefined ? call : `${call} (${progress})`;
    });
    let here = 0;
    for (const count of executed.values()) here += count;
    const parts = [`${best.finished} of ${best.total}${best.loading ? " or more" : ""} finished (${here} here)`];
    if (running.length > 0) parts.push(`running ${some(running)}`);
    else if (best.heldCount > 0) parts.push(`waiting for ${best.heldCount} that others run: ${some(best.held)}`);
    else if (best.loading) parts.push(`the jugfile is at ${placeText(best.barriers[0])}`);
    if (best.failed > 0) parts.push(`${best.failed} failed`);
    return parts.join(", ");
  }
}

function placeText(place: Place | undefined): string {
  return place === undefined ? "an await of its own" : `the barrier in line ${place.line}`;
}

function some(calls: readonly string[]): string {
  const shown = calls.slice(0, 2).join(", ");
  return calls.length > 2 ? `${shown} and ${calls.length - 2} more` : shown;
}
