/**
 * Summarizes recorded arguments in one line of text.
 *
 * @module
 */
import { visible } from "../../visible.ts";
import { isRecordedList, isSpecial, type Recorded, type RecordedArguments, type SpecialParts } from "./form.ts";

/** The most characters of a summary. */
export const LONGEST_SUMMARY = 200;
/** How many levels of an argument are shown. */
const DEPTH = 3;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
/** A text that is shown in single quotes as it is. */
const SIMPLE = /^[ -&(-[\]-~\u00a1-\u1fff\u3000-\ud7ff]*$/;

/** Returns the arguments as they are written in code, such as `7, 'fast'`, cut to `width` characters. */
export function summaryOf(args: RecordedArguments, width: number = LONGEST_SUMMARY): string {
  const summary = new Summary(width);
  if (isRecordedList(args)) summary.list(args, DEPTH);
  else summary.value(args, DEPTH);
  return summary.text();
}

/** Returns one recorded value as it is written in code, cut to `width` characters. */
export function valueText(value: Recorded, width: number): string {
  const summary = new Summary(width);
  summary.value(value, DEPTH);
  return summary.text();
}

/** Gathers a text until it is long enough. */
class Summary {
  #text = "";

  constructor(readonly width: number) {}

  text(): string {
    return this.#text.length > this.width ? `${this.#text.slice(0, this.width - 1)}…` : this.#text;
  }

  /** Whether anything further would be cut off. */
  get #isFull(): boolean {
    return this.#text.length > this.width;
  }

  list(list: readonly Recorded[], depth: number): void {
    for (let i = 0; i < list.length && !this.#isFull; i++) {
      if (i > 0) this.#text += ", ";
      this.value(list[i] ?? null, depth);
    }
  }

  value(value: Recorded, depth: number): void {
    if (typeof value === "string") this.#text += quoted(value);
    else if (typeof value !== "object" || value === null) this.#text += String(value);
    else if (isRecordedList(value)) this.#array(value, depth);
    else if (isSpecial(value)) this.#special(value.$, depth);
    else this.#object(Object.entries(value).map(([key, item]) => [keyText(key), item] as const), depth);
  }

  #array(list: readonly Recorded[], depth: number): void {
    if (list.length === 0) this.#text += "[]";
    else if (depth === 0) this.#text += "[…]";
    else {
      this.#text += "[ ";
      this.list(list, depth - 1);
      this.#text += " ]";
    }
  }

  #object(entries: readonly (readonly [key: string, value: Recorded])[], depth: number): void {
    if (entries.length === 0) this.#text += "{}";
    else if (depth === 0) this.#text += "{…}";
    else {
      this.#text += "{ ";
      for (const [i, [key, item]] of entries.entries()) {
        if (this.#isFull) return;
        this.#text += `${i === 0 ? "" : ", "}${key}`;
        this.value(item, depth - 1);
      }
      this.#text += " }";
    }
  }

  #special(parts: SpecialParts, depth: number): void {
    switch (parts[0]) {
      case "undefined":
        this.#text += "undefined";
        return;
      case "number":
        this.#text += visible(parts[1]);
        return;
      case "bigint":
        this.#text += `${visible(parts[1])}n`;
        return;
      case "date":
        this.#text += parts[1] === null || !isDate(parts[1]) ? "Invalid Date" : new Date(parts[1]).toISOString();
        return;
      case "url":
        this.#text += `URL(${quoted(parts[1])})`;
        return;
      case "regexp":
        this.#text += visible(`/${parts[1]}/${parts[2]}`);
        return;
      case "object":
        return this.#object(parts[1].map(([key, item]) => [keyText(String(key)), item]), depth);
      case "map":
        this.#text += `Map(${parts[1].length}) `;
        return this.#object(parts[1].map(([key, item]) => [`${valueText(key, LONGEST_SUMMARY)} => `, item]), depth);
      case "set":
        this.#text += `Set(${parts[1].length}) { `;
        this.list(parts[1], depth - 1);
        this.#text += " }";
        return;
      case "task":
      case "tasklet":
      case "generator":
        this.#text += `<${visible(parts[1])}>`;
        return;
      case "self":
      case "digest":
        this.#text += `${visible(parts[1])}(`;
        this.value(parts[2], depth - 1);
        this.#text += ")";
        return;
      case "labelled":
        this.#text += `${visible(parts[1])}(`;
        this.value(parts[2], depth - 1);
        this.#text += ")";
        return;
      case "noHash":
        this.#text += "noHash(…)";
        return;
      case "secret":
        this.#text += "secret";
        return;
      case "cut":
        this.#text += cutText(parts);
        return;
      case "unknown":
        this.#text += visible(parts[1]);
        return;
    }
  }
}

/** Describes a value that is too large: by its size, and by its beginning. */
function cutText([, type, size, , hint]: Extract<SpecialParts, readonly ["cut", ...unknown[]]>): string {
  if (type === "string") return `${quoted(hint ?? "")}… (${size} characters)`;
  if (type === "array") return hint === undefined ? `[ ${size} items ]` : `[${size} × ${visible(hint)}]`;
  if (type === "object") return `{ ${size} keys }`;
  if (type === "bigint") return `a bigint of ${size} digits`;
  return `${visible(type)}(${size})`;
}

function isDate(time: number): boolean {
  return Math.abs(time) <= 8.64e15;
}

function keyText(key: string): string {
  return `${IDENTIFIER.test(key) ? key : quoted(key)}: `;
}

function quoted(text: string): string {
  return SIMPLE.test(text) ? `'${text}'` : visible(JSON.stringify(text));
}
