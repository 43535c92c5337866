/**
 * The names at the prompt: what the user declared there, the jugfile's exports, and jug's own functions, in this order.
 *
 * @module
 */

/** Names and what they stand for. */
export type Names = Readonly<Record<string, unknown>>;

/** The scope that inputs are run in. */
export class Scope {
  readonly #own = new Map<string, unknown>();
  readonly #exports: () => Names;
  readonly #functions: Names;
  /** For a `with` statement. */
  readonly object: object;

  /** `exports` is asked anew each time: a barrier may open, and more of them be there. */
  constructor(exports: () => Names, functions: Names) {
    this.#exports = exports;
    this.#functions = functions;
    this.object = new Proxy(Object.create(null), {
      has: (_, key) => typeof key === "string" && this.#find(key) !== undefined,
      get: (_, key) => typeof key === "string" ? this.get(key) : undefined,
      set: (_, key, value) => {
        if (typeof key === "string") this.#own.set(key, value);
        return true;
      },
    });
  }

  /** Makes room for names, so that they are found here and not in the global scope. */
  declare(names: readonly string[]): void {
    for (const name of names) if (this.#find(name) === undefined) this.#own.set(name, undefined);
  }

  /** What a name stands for. */
  get(name: string): unknown {
    return this.#find(name)?.value;
  }

  /** Sets a name of the user's. */
  set(name: string, value: unknown): void {
    this.#own.set(name, value);
  }

  /** Every name. */
  names(): string[] {
    return [...new Set([...this.#own.keys(), ...Object.keys(this.#exports()), ...Object.keys(this.#functions)])];
  }

  #find(name: string): { readonly value: unknown } | undefined {
    if (this.#own.has(name)) return { value: this.#own.get(name) };
    for (const names of [this.#exports(), this.#functions]) {
      if (Object.hasOwn(names, name)) return { value: names[name] };
    }
    return undefined;
  }
}
