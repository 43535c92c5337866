/**
 * Makes text from elsewhere safe to print. The names of tasks and workers come from a store that anybody may have
 * written, and a control character could move the cursor or hide a line.
 *
 * @module
 */

/** Control characters, breaks of lines, and characters that change the direction of the text around them. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns text as one line, with `\u{1b}` in place of each control character, and cut to `width` characters. */
export function plainText(text: string, width = 200): string {
  const plain = text.replace(CONTROLS, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
  return plain.length > width ? `${plain.slice(0, width - 1)}…` : plain;
}

/** Formats a value as JSON. JSON itself allows some control characters in texts; here these are escaped as well. */
export function plainJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? "null";
  const escaped = (sign: string) => sign === "\n" ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(CONTROLS, escaped);
}

/** Formats a time in milliseconds since 1970; `undefined` if it is unknown, or too far away for a date. */
export function isoTime(time: number | undefined): string | undefined {
  const date = new Date(time ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Returns a function that remembers what `make` returned for the last value: in long lists, the next one is the same. */
export function forSame<Given, Made>(make: (given: Given) => Made): (given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | undefined;
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, made: make(given) };
    return last.made;
  };
}
