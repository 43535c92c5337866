/**
 * What is typed at the prompt, understood: JavaScript, or TypeScript where Deno can take the types out of it.
 *
 * @module
 */
import * as nodeModule from "node:module";
import { parse, type Program } from "npm:acorn@8";

/** What became of a text. */
export type Parsed =
  /** `source` is JavaScript: everything stands `shift` characters further on than in the text, or `undefined` elsewhere */
  | { readonly kind: "parsed"; readonly source: string; readonly program: Program; readonly shift: number | undefined }
  /** more lines may make it whole */
  | { readonly kind: "incomplete" }
  /** `at` is where in the text, if that is known */
  | { readonly kind: "wrong"; readonly message: string; readonly at: number | undefined };

/** Understands one input: it means what it would in a jugfile. */
export async function parseInput(text: string): Promise<Parsed> {
  // `{ a: 1 }` is an object to whoever types it, not a block with a label.
  const isObject = /^\s*\{/.test(text) && !/;\s*$/.test(text);
  const asObject = isObject ? parseErased(`(${text}\n)`, 1) : undefined;
  if (asObject?.kind === "parsed") return asObject;
  const parsed = parseErased(text, 0);
  if (parsed.kind !== "wrong") return parsed;
  const script = withoutTypes(text, "transform");
  if (script === undefined) {
    const isTyped = await parseTypes(text) === undefined;
    return isTyped ? { ...parsed, message: `${parsed.message} (types are understood from Deno 2.9 on)` } : parsed;
  }
  if (script.kind === "script") return tryParse(script.source, undefined);
  // Deno says that it is wrong, but not where.
  return await parseTypes(text) ?? { kind: "wrong", message: script.message, at: undefined };
}

/** Parses the text with blanks in the place of types, or as it is where there are none that can be taken out. */
function parseErased(text: string, shift: number): Parsed {
  const script = withoutTypes(text, "strip");
  return tryParse(script?.kind === "script" ? script.source : text, shift);
}

const PARSER = { ecmaVersion: "latest", sourceType: "module" } as const;

function tryParse(source: string, shift: number | undefined): Parsed {
  try {
    return { kind: "parsed", source, program: parse(source, PARSER), shift };
  } catch (error) {
    return parserError(error, source);
  }
}

function parserError(error: unknown, source: string): Exclude<Parsed, { kind: "parsed" }> {
  if (!(error instanceof SyntaxError)) throw error;
  const at = "pos" in error && typeof error.pos === "number" ? error.pos : undefined;
  // Whether the parser ran out of text, rather than into something wrong.
  const isAtEnd = /^Unterminated (template|comment)/.test(error.message) ||
    at !== undefined && at >= source.trimEnd().length;
  if (isAtEnd) return { kind: "incomplete" };
  return { kind: "wrong", message: error.message.replace(/ \(\d+:\d+\)$/, ""), at };
}

type Script =
  | { readonly kind: "script"; readonly source: string }
  | { readonly kind: "refused"; readonly message: string };

/**
 * The text as JavaScript; `undefined` where Deno cannot do that (before 2.9). `strip` leaves everything where it was, and
 * refuses what has to be written anew, such as an enum; `transform` does not.
 */
function withoutTypes(text: string, mode: "strip" | "transform"): Script | undefined {
  const strip: unknown = Reflect.get(nodeModule, "stripTypeScriptTypes");
  if (typeof strip !== "function") return undefined;
  try {
    return { kind: "script", source: String(strip(text, { mode })) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [message = ""] = error.message.split("\n");
    return { kind: "refused", message: message.replace(/ at file:\S*$/, "").replace(/^(\[\w+\]|SyntaxError:) /, "") };
  }
}

/** Where TypeScript is wrong, or that it may go on; `undefined` where this parser finds nothing wrong with it. */
async function parseTypes(text: string): Promise<Parsed | undefined> {
  const [{ Parser }, { tsPlugin }] = await Promise.all([
    import("npm:acorn@8"),
    import("npm:@sveltejs/acorn-typescript@1"),
  ]);
  try {
    Parser.extend(tsPlugin()).parse(text, { ...PARSER, locations: true });
    return undefined;
  } catch (error) {
    return parserError(error, text);
  }
}
