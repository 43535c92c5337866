/**
 * Searches earlier inputs for a text with Ctrl-R, as shells do. node:readline has no such search.
 *
 * @module
 */

/** A key, as node:readline reports it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** The effect of a key on the search. */
export type Step =
  | { readonly kind: "searching" }
  /** the input that was found becomes the current line; the key is passed on to the line editor if `isPassed` */
  | { readonly kind: "taken"; readonly isPassed: boolean }
  /** the line is restored */
  | { readonly kind: "cancelled" };

const SEARCHING: Step = { kind: "searching" };

/** A search among inputs, which are ordered from the latest to the oldest. */
export class ReverseSearch {
  readonly #history: readonly string[];
  #query = "";
  #index = -1;

  constructor(history: readonly string[]) {
    this.#history = history;
  }

  /** The input that was found; `undefined` if there is none, or nothing was searched yet. */
  get found(): string | undefined {
    return this.#history[this.#index];
  }

  /** The search as a line of text. */
  get text(): string {
    const failed = this.#query !== "" && this.found === undefined ? "failed " : "";
    return `(${failed}reverse-i-search)'${this.#query}': ${this.found?.replaceAll(/\s*\n\s*/g, " ⏎ ") ?? ""}`;
  }

  /** Handles a key. */
  press(text: string | undefined, { name, ctrl = false, meta = false }: Key): Step {
    if (ctrl && name === "r") return this.#older();
    if (ctrl && (name === "g" || name === "c")) return { kind: "cancelled" };
    if (name === "backspace" || ctrl && name === "h") return this.#look(this.#query.slice(0, -1));
    const isPrinted = text !== undefined && text !== "" && !ctrl && !meta && !/\p{Cc}/u.test(text);
    if (isPrinted) return this.#look(this.#query + text);
    return { kind: "taken", isPassed: name !== "escape" };
  }

  #look(query: string): Step {
    this.#query = query;
    this.#index = query === "" ? -1 : this.#history.findIndex((input) => input.includes(query));
    return SEARCHING;
  }

  #older(): Step {
    const seen = this.found;
    const older = this.#history.findIndex((input, index) =>
      index > this.#index && input !== seen && input.includes(this.#query)
    );
    if (this.#query !== "" && older >= 0) this.#index = older;
    return SEARCHING;
  }
}
