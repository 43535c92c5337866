/**
 * The names at the prompt: those that the user declared there, the jugfile's exports, and jug's functions. If a name
 * occurs more than once, the first in this order is used.
 *
 * @module
 */

/** Values by name. */
export type Names = Readonly<Record<string, unknown>>;

/** The scope that inputs run in. */
export class Scope {
  readonly #own = new Map<string, unknown>();
  readonly #exports: () => Names;
  readonly #functions: Names;
  /** The scope as an object for a `with` statement. */
  readonly object: object;

  /** `exports` is called for each lookup: when a barrier opens, there may be more exports. */
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

  /** Declares names as `undefined` unless they exist, so that they are found here and not in the global scope. */
  declare(names: readonly string[]): void {
    for (const name of names) if (this.#find(name) === undefined) this.#own.set(name, undefined);
  }

  /** Returns the value of a name; `undefined` if there is no such name. */
  get(name: string): unknown {
    return this.#find(name)?.value;
  }

  /** Sets a name of the user. */
  set(name: string, value: unknown): void {
    this.#own.set(name, value);
  }

  /** Returns all names. */
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
