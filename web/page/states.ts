/**
 * States of tasks as bars and words.
 *
 * @module
 */
import type { StateName, StateNumbers } from "../data/report_data.ts";
import { h } from "./dom.ts";
import { countText } from "./format.ts";

/** The states, in the order in which they are shown. */
export const STATES: readonly StateName[] = ["finished", "running", "failed", "ready", "waiting"];

/** Returns the number of tasks. */
export function allTasks(numbers: StateNumbers): number {
  return STATES.reduce((sum, state) => sum + numbers[state], 0);
}

/** Returns the states in words: `3 finished, 1 failed`. */
export function statesText(numbers: StateNumbers): string {
  return STATES.filter((state) => numbers[state] > 0).map((state) => `${countText(numbers[state])} ${state}`).join(
    ", ",
  );
}

/** Returns a bar with a piece for each state. The words beside it say the same, so that readers skip it. */
export function stateBar(numbers: StateNumbers): HTMLElement {
  const bar = h("div", { class: "bar", "aria-hidden": "true" });
  for (const state of STATES) {
    if (numbers[state] === 0) continue;
    const piece = h("span", { class: `piece ${state}` });
    piece.style.flexGrow = String(numbers[state]);
    bar.append(piece);
  }
  return bar;
}
