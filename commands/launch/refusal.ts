/**
 * Recognizes that a task failed because Deno refused something, and says what to add to `--permissions`.
 *
 * @module
 */
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { plainLine } from "../display/plain.ts";

/** What jug stores in place of Deno's own message. */
const STORED = /Deno refuses (\w+) access(?: to "([^"]*)")?/;

/** Returns a sentence with the permission to add; `undefined` if the text of the failure is about something else. */
export function refusalIn(text: string): string | undefined {
  const [, kind, value] = STORED.exec(missingPermission(text, undefined, () => undefined) ?? text) ?? [];
  if (kind === undefined) return undefined;
  const what = plainLine(value ?? "");
  if (!KINDS.test(kind)) return `Deno refuses ${kind} access: add --permissions -A`;
  // A list of values is separated by blanks and commas, which a value cannot contain.
  const item = what === "" || /[\s,"']/.test(what) ? kind : `${kind}=${what}`;
  return `Deno refuses ${kind} access${what === "" ? "" : ` to ${what}`}: add --permissions "${item}"`;
}

const KINDS = /^(?:read|write|net|env|sys|run|ffi|import)$/;
