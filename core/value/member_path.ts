/**
 * The path from a root value to the current position of a walk: for messages, to detect cycles, and to limit the depth.
 *
 * @module
 */

/**
 * The maximum depth of nested values. Structured clone, the codec with the lowest limit, overflows the stack at about
 * three times this depth.
 */
export const MAX_DEPTH = 1000;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The path from a root value to the current position of a walk. */
export class MemberPath {
  /** The name of the root, as in "argument 2". */
  root = "";
  readonly #holders: object[] = [];
  readonly #keys: PropertyKey[] = [];
  /** The depth below which the path is not shown. */
  #shown = Infinity;

  /** The number of objects around the current position. */
  get depth(): number {
    return this.#holders.length;
  }

  /** Whether the current position is inside `value`. */
  includes(value: object): boolean {
    return this.#holders.includes(value);
  }

  /** Enters `holder`. */
  enter(holder: object): void {
    this.#holders.push(holder);
    this.#keys.push("");
  }

  /**
   * Moves to a member of the innermost holder.
   *
   * @param key The member's key. In a Map, `2 * i` for the key and `2 * i + 1` for the value of entry i; in a Set, i.
   */
  at(key: PropertyKey): void {
    this.#keys[this.#keys.length - 1] = key;
  }

  /** Leaves the innermost holder. */
  leave(): void {
    this.#holders.pop();
    this.#keys.pop();
  }

  /** Leaves all holders. */
  reset(): void {
    this.#holders.length = 0;
    this.#keys.length = 0;
    this.#shown = Infinity;
  }

  /** Whether the current position is inside a value whose content is not shown. */
  get isConcealed(): boolean {
    return this.#shown !== Infinity;
  }

  /** From here on, the path is not shown. */
  conceal(): void {
    this.#shown = Math.min(this.#shown, this.#holders.length);
  }

  /** Shows the whole path again, once the position is outside of what is concealed. */
  reveal(): void {
    if (this.#holders.length <= this.#shown) this.#shown = Infinity;
  }

  /** Returns the path as a user would write it, as in `argument 2.options.onDone`. A long path is cut in the middle. */
  toString(): string {
    let text = this.root;
    const shown = Math.min(this.#shown, this.#holders.length);
    for (let i = 0; i < shown; i++) text += step(this.#holders[i], this.#keys[i]);
    if (this.isConcealed) text += " (a secret)";
    return text.length <= 200 ? text : `${text.slice(0, 100)} … ${text.slice(-80)}`;
  }
}

function step(holder: object | undefined, key: PropertyKey | undefined): string {
  if (holder instanceof Map && typeof key === "number") return mapStep(holder, key);
  if (holder instanceof Set) return `.values()[${String(key)}]`;
  return keyStep(key);
}

function mapStep(map: ReadonlyMap<unknown, unknown>, place: number): string {
  const index = place >> 1;
  if (place % 2 === 0) return `.keys()[${index}]`;
  const key = [...map.keys()][index];
  return typeof key === "string" || typeof key === "number" ? `.get(${JSON.stringify(key)})` : `.values()[${index}]`;
}

/** Returns a property as a user would write it: `.name`, `["any text"]`, `[3]`, `[Symbol(x)]`. */
export function keyStep(key: PropertyKey | undefined): string {
  if (typeof key !== "string") return key === undefined ? "" : `[${String(key)}]`;
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
