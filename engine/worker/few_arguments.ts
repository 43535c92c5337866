/**
 * Calls with fewer arguments than their function names, which type-checking would find and running does not.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import { callText } from "./worker_reports.ts";

/** Notes the first such call of each function. */
export class FewArguments {
  readonly #note: (text: string) => void;
  readonly #told = new Set<string>();

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** To be told of each task that is declared. */
  declared(task: DeclaredTask): void {
    const named = functionOf(task).length;
    if (task.args.length >= named || this.#told.has(task.name)) return;
    this.#told.add(task.name);
    const given = task.args.length === 1 ? "1 argument" : `${task.args.length} arguments`;
    this.#note(`${callText(task)} gives ${given}, and its function names ${named}: what is missing is undefined`);
  }
}

/** The user's function: that of a compound task stands in its place. */
function functionOf(task: DeclaredTask): { readonly length: number } {
  return "f" in task && typeof task.f === "function" ? task.f : task.definition.fn;
}
