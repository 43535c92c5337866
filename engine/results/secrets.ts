/**
 * Removes the text of secret arguments from what is recorded or printed of a task's run.
 *
 * @module
 */
import { isNode, isSecret } from "../../core/brand.ts";
import { isPlainObject } from "../../core/value/kinds.ts";
import { isWrappedArgument } from "../../core/value/tasks_in_value.ts";
import { type ErrorReport, reportError } from "./error_report.ts";

/** Shorter texts are not replaced: they occur in other words. */
const SHORTEST = 4;
/** The maximum number of texts that are looked for. */
const MOST_TEXTS = 1000;
/** What is put in place of a secret. */
const SHOWN = "[secret]";

/** The secret texts of one task's arguments. */
export class Secrets {
  readonly #texts: readonly string[];

  constructor(args: readonly unknown[]) {
    const found = new Set<string>();
    collect(args, { found, seen: new Set(), isSecret: false });
    // A longer text first: it may contain a shorter one.
    this.#texts = [...found].toSorted((a, b) => b.length - a.length);
  }

  /** Returns a text with the secrets in it replaced. */
  conceal(text: string): string {
    let shown = text;
    for (const secret of this.#texts) if (shown.includes(secret)) shown = shown.replaceAll(secret, SHOWN);
    return shown;
  }

  /** Returns a report with the secrets in it replaced. */
  concealReport(report: ErrorReport): ErrorReport {
    if (this.#texts.length === 0) return report;
    const { name, message, frames, stack, remedy } = report;
    return {
      name: this.conceal(name),
      message: this.conceal(message),
      frames: frames.map((frame) => this.conceal(frame)),
      stack: this.conceal(stack),
      remedy: remedy && this.conceal(remedy),
    };
  }
}

/** Returns the report of what the function of a task threw, without the secrets among its arguments. */
export function reportTaskError({ args }: { readonly args: readonly unknown[] }, thrown: unknown): ErrorReport {
  return new Secrets(args).concealReport(reportError(thrown));
}

/** Whether a value is a secret, or one is in it. */
export function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return membersOf(value).some(hasSecret);
}

interface Search {
  readonly found: Set<string>;
  readonly seen: Set<object>;
  /** Whether the value is in a secret. */
  readonly isSecret: boolean;
}

function collect(value: unknown, search: Search): void {
  if (typeof value === "string") {
    if (search.isSecret) addText(search.found, value);
    return;
  }
  if (typeof value !== "object" || value === null || search.seen.has(value) || isNode(value)) return;
  search.seen.add(value);
  const inner = search.isSecret || !isSecret(value) ? search : { ...search, isSecret: true };
  if (value instanceof URL && inner.isSecret) addText(search.found, value.href);
  for (const member of membersOf(value)) collect(member, inner);
}

/** Adds a text, and the forms that it has in JSON and in an address. */
function addText(found: Set<string>, text: string): void {
  if (text.length < SHORTEST || found.size >= MOST_TEXTS) return;
  found.add(text);
  found.add(JSON.stringify(text).slice(1, -1));
  if (text.isWellFormed()) found.add(encodeURIComponent(text));
}

function membersOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null || isNode(value)) return [];
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Error) return [value.message];
  if (!isWrappedArgument(value)) return isPlainObject(value) ? Object.values(value) : [];
  const { unwrap } = value;
  // What is not hashed may be of any kind, and is searched only if it is wrapped itself.
  return unwrap.kind !== "raw" ? [unwrap.value] : [];
}
