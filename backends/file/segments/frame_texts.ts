/**
 * The texts in the index of a frame.
 *
 * @module
 */
import { parseProcess, type ProcessRecord } from "./process_table.ts";

const fromUtf8 = new TextDecoder();

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
}

/** What only a few commands read, by the number of the entry. */
export interface Details {
  readonly traces: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
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

/** Parses details. Damage would have changed the checksum; whoever wrote something else wrote nothing that is known. */
export function parseDetails(bytes: Uint8Array): Details {
  try {
    const details: unknown = JSON.parse(fromUtf8.decode(bytes));
    return isDetails(details) ? details : NO_DETAILS;
  } catch {
    return NO_DETAILS;
  }
}

const NO_DETAILS: Details = { traces: {}, args: {} };

function isDetails(value: unknown): value is Details {
  return typeof value === "object" && value !== null &&
    "traces" in value && isTable(value.traces) && "args" in value && isTable(value.args);
}

function isTexts(value: unknown): value is Omit<Texts, "processes"> & { readonly processes: readonly unknown[] } {
  return typeof value === "object" && value !== null &&
    "origins" in value && isList(value.origins) && "names" in value && isList(value.names) &&
    "workers" in value && isList(value.workers) && "codes" in value && isList(value.codes) &&
    "replaces" in value && isList(value.replaces) && "processes" in value && Array.isArray(value.processes);
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
