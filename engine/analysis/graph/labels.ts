/**
 * The words of a graph: the same in every format.
 *
 * @module
 */
import { counted } from "../../../core/counted.ts";
import { basename } from "node:path";
import { countAll, presentStates, type StateTotals } from "../../inspect/task_state.ts";
import type { Place } from "../../../core/caller.ts";
import type { GraphBarrier, GraphNode, TaskGraph } from "./model.ts";
import { safeText } from "./text.ts";

/** Returns a part for each state in which there are tasks, as in `32 finished`. */
export function stateTexts(totals: StateTotals): string[] {
  return presentStates(totals).map((state) => `${totals[state].toLocaleString("en-US")} ${state}`);
}

/** Returns the name of a node: `primes.isPrime`, or `primes.isPrime(7)` for a single task. */
export function nodeName({ name, task }: GraphNode): string {
  return safeText(task === undefined ? name : `${name}(${task.args})`);
}

/** Returns what is known of a node besides its name: `32 finished, 4 running`, or `finished`. */
export function nodeFacts({ task, counts, isCompound }: GraphNode): string {
  const states = task === undefined ? stateTexts(counts) : presentStates(counts);
  return [...isCompound ? ["compound"] : [], ...states].join(", ");
}

/** Returns a line of code without its folder, as in `primes.ts:12`. */
export function placeText(place: Place | undefined): string {
  if (place === undefined) return "an unknown line";
  const file = safeText(fileName(place.file));
  return place.line === 0 ? file : `${file}:${place.line}`;
}

function fileName(file: string): string {
  if (/^(data|blob):/.test(file)) return "the jugfile";
  if (!/^(https?|file):/.test(file) || !URL.canParse(file)) return basename(file);
  const last = new URL(file).pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a % that begins no escape sequence
  }
}

/** Returns the name of a barrier. */
export function barrierName({ place }: GraphBarrier): string {
  return `barrier at ${placeText(place)}`;
}

/** Returns what a barrier waits for, or that it is met. */
export function barrierFacts({ isMet, times, waitsFor, unfinished }: GraphBarrier): string {
  const often = times === 1 ? "" : `, ${times.toLocaleString("en-US")} times`;
  if (isMet) return `met${often}`;
  return `waits for ${unfinished.toLocaleString("en-US")} of ${counted(waitsFor, "task")}${often}`;
}

/** Returns a notice of what an unmet barrier hides. */
export function hiddenNotice(barrier: GraphBarrier): string {
  return `more tasks may follow the ${barrierName(barrier)}`;
}

/** Returns one line about the whole graph. */
export function summary({ nodes, total, kind }: TaskGraph): string {
  const tasks = counted(countAll(total), "task");
  const of = kind === "functions" ? ` of ${counted(nodes.length, "function")}` : "";
  const states = stateTexts(total);
  return `${tasks}${of}${states.length === 0 ? "" : `: ${states.join(", ")}`}`;
}
