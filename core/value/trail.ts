/**
 * The way from a root value to the place that a walk has reached: for messages, for cycles, for the limit of depth.
 *
 * @module
 */

/** How deep values may nest. Structured clone, the narrowest of the codecs, overflows the stack at about three times that. */
export const MAX_DEPTH = 1000;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The way from a root value to the place that a walk has reached. */
export class Trail {
  /** Where the walk begins, as in "argument 2". */
  root = "";
  readonly #holders: object[] = [];
  readonly #keys: PropertyKey[] = [];

  /** How many objects the walk is inside of. */
  get depth(): number {
    return this.#holders.length;
  }

  /** Whether the walk is inside of `value`. */
  includes(value: object): boolean {
    return this.#holders.includes(value);
  }

  /** Goes into `holder`. */
  enter(holder: object): void {
    this.#holders.push(holder);
    this.#keys.push("");
  }

  /** Turns to one member: its key, or in a Map `2 * i` for the key and `2 * i + 1` for the value of entry i, in a Set i. */
  at(key: PropertyKey): void {
    this.#keys[this.#keys.length - 1] = key;
  }

  /** Comes out of the innermost holder. */
  leave(): void {
    this.#holders.pop();
    this.#keys.pop();
  }

  /** Comes out of all holders. */
  reset(): void {
    this.#holders.length = 0;
    this.#keys.length = 0;
  }

  /** The way as a user would write it: `argument 2.options.onDone`. */
  toString(): string {
    let text = this.root;
    for (let i = 0; i < this.#holders.length; i++) text += step(this.#holders[i], this.#keys[i]);
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

/** A property as a user would write it: `.name`, `["any text"]`, `[3]`, `[Symbol(x)]`. */
export function keyStep(key: PropertyKey | undefined): string {
  if (typeof key !== "string") return key === undefined ? "" : `[${String(key)}]`;
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
