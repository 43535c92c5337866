/**
 * Finds calls with fewer arguments than their functions have parameters. Type checking would find them, but running
 * does not check types.
 *
 * @module
 */
import type { DeclaredTask } from "../../core/session/session.ts";
import { formatCall } from "../../core/format.ts";

/** Reports the first such call of each function. */
export class MissingArguments {
  readonly #note: (text: string) => void;
  readonly #told = new Set<string>();

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** Checks a task; to be called for each task that is declared. */
  declared(task: DeclaredTask): void {
    const named = functionOf(task).length;
    if (task.args.length >= named || this.#told.has(task.name)) return;
    this.#told.add(task.name);
    const given = task.args.length === 1 ? "1 argument" : `${task.args.length} arguments`;
    this.#note(`${formatCall(task)} passes ${given}, but its function takes ${named}: the missing ones are undefined`);
  }
}

/** Returns the user's function. A compound task keeps it in `f`; its definition holds another function. */
function functionOf(task: DeclaredTask): { readonly length: number } {
  return "f" in task && typeof task.f === "function" ? task.f : task.definition.fn;
}
