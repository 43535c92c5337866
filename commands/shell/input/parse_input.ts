/**
 * Parses what is typed at the prompt: JavaScript, or TypeScript if Deno can strip the types (from 2.9 on).
 *
 * @module
 */
import * as nodeModule from "node:module";
import { parse, type Program } from "npm:acorn@8";

/** The result of parsing a text. */
export type Parsed =
  /** `source` is JavaScript, with positions `shift` more than in the text; `undefined` if they do not correspond */
  | { readonly kind: "parsed"; readonly source: string; readonly program: Program; readonly shift: number | undefined }
  /** the text is incomplete; further lines may complete it */
  | { readonly kind: "incomplete" }
  /** the text has an error, at position `at` if known */
  | { readonly kind: "wrong"; readonly message: string; readonly at: number | undefined };

/** Parses one input. It means the same as in a jugfile, except that a text that begins with `{` may be an object. */
export async function parseInput(text: string): Promise<Parsed> {
  // A user who types `{ a: 1 }` means an object, not a block with a label.
  const isObject = /^\s*\{/.test(text) && !/;\s*$/.test(text);
  const asObject = isObject ? parseErased(`(${text}\n)`, 1) : undefined;
  if (asObject?.kind === "parsed") return asObject;
  const parsed = parseErased(text, 0);
  if (parsed.kind !== "wrong") return parsed;
  const script = withoutTypes(text, "transform");
  if (script === undefined) {
    const isTyped = await parseTypes(text) === undefined;
    return isTyped ? { ...parsed, message: `${parsed.message} (types require Deno 2.9 or later)` } : parsed;
  }
  if (script.kind === "script") return tryParse(script.source, undefined);
  // Deno does not report where the error is, so look for it with the other parser.
  return await parseTypes(text) ?? { kind: "wrong", message: script.message, at: undefined };
}

/** Parses the text with types replaced by blanks, or unchanged if Deno cannot do that. */
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
  // Whether the parser reached the end of the text, rather than an error in it.
  const isAtEnd = /^Unterminated (template|comment)/.test(error.message) ||
    at !== undefined && at >= source.trimEnd().length;
  if (isAtEnd) return { kind: "incomplete" };
  return { kind: "wrong", message: error.message.replace(/ \(\d+:\d+\)$/, ""), at };
}

type Script =
  | { readonly kind: "script"; readonly source: string }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Converts the text to JavaScript; `undefined` if Deno cannot do that (before 2.9). `strip` keeps all positions, but
 * refuses syntax that must be rewritten, such as an enum. `transform` rewrites it, and positions change.
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

/** Finds the error in a TypeScript text, or that it is incomplete; `undefined` if this parser finds no error. */
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
