/**
 * The texts in the index of a frame.
 *
 * @module
 */
import { parseProcess, type ProcessRecord } from "./process_table.ts";

const fromUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Numbers texts. */
export class TextTable {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  #last: { readonly text: string; readonly number: number } | undefined;

  number(text: string): number {
    // Most entries of a frame have the same texts.
    if (this.#last?.text === text) return this.#last.number;
    const number = this.#add(text);
    this.#last = { text, number };
    return number;
  }

  #add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** The texts of a frame. Most of them are those of many entries, which refer to them by their numbers. */
export interface Texts {
  readonly origins: readonly string[];
  readonly names: readonly string[];
  readonly workers: readonly string[];
  readonly codes: readonly string[];
  readonly replaces: readonly string[];
  readonly processes: readonly ProcessRecord[];
  /** By the number of the entry. */
  readonly traces: Readonly<Record<string, string>>;
}

/** The arguments of the entries of a frame. */
export class ArgumentTexts {
  readonly #bytes: Uint8Array;
  readonly #ends: Uint32Array;
  /** All of them, if they are ASCII: then positions are the same, and all are decoded at once. */
  readonly #ascii: string | undefined;

  /** `ends`: where the text of each entry ends in `bytes`. */
  constructor(bytes: Uint8Array, ends: Uint32Array) {
    this.#bytes = bytes;
    this.#ends = ends;
    const text = fromUtf8.decode(bytes);
    if (text.length === bytes.length) this.#ascii = text;
  }

  /** Returns the text of entry `i`, which is empty if there is none. */
  text(i: number): string {
    const [start, end] = [this.#ends[i - 1] ?? 0, this.#ends[i] ?? 0];
    return this.#ascii === undefined
      ? fromUtf8.decode(this.#bytes.subarray(start, end))
      : this.#ascii.slice(start, end);
  }
}

/** Parses texts; returns `undefined` if they do not have the form. */
export function parseTexts(bytes: Uint8Array): Texts | undefined {
  try {
    const texts: unknown = JSON.parse(fromUtf8.decode(bytes));
    if (!isTexts(texts)) return undefined;
    return { ...texts, processes: texts.processes.map(parseProcess).filter((process) => process !== undefined) };
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Omit<Texts, "processes"> & { readonly processes: readonly unknown[] } {
  return typeof value === "object" && value !== null &&
    "origins" in value && isList(value.origins) && "names" in value && isList(value.names) &&
    "workers" in value && isList(value.workers) && "codes" in value && isList(value.codes) &&
    "replaces" in value && isList(value.replaces) && "processes" in value && Array.isArray(value.processes) &&
    "traces" in value && isTable(value.traces);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isTable(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && Object.values(value).every(isText);
}
