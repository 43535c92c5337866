/**
 * Reads the settings in a configuration file: JSON with comments and trailing commas.
 *
 * @module
 */
import type { ParseError } from "npm:jsonc-parser@3";
import { JugError } from "../../core/errors.ts";
import type { ConfigFile } from "./find_files.ts";

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns the settings of a file; `undefined` if it is Deno's file and has none.
 *
 * @throws {JugError} of kind "usage" if the file cannot be parsed, or does not contain an object.
 */
export async function settingsIn(file: ConfigFile): Promise<JsonObject | undefined> {
  let whole: unknown;
  try {
    whole = JSON.parse(file.text);
  } catch {
    // Comments are rare, so the library that reads them is loaded only if there are any.
    whole = await parseWithComments(file);
  }
  if (!file.isDenos) return requireObject(whole, file.path);
  const settings = isJsonObject(whole) ? whole["jug"] : undefined;
  return settings === undefined ? undefined : requireObject(settings, `"jug" in ${file.path}`);
}

function requireObject(value: unknown, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new JugError("usage", `${what} is not an object`, {
    remedy: 'Write settings in braces, as in { "jugdir": "results.jugdata", "execute": { "workers": 4 } }',
  });
}

async function parseWithComments({ path, text, isDenos }: ConfigFile): Promise<unknown> {
  const { parse, printParseErrorCode } = await import("npm:jsonc-parser@3");
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  // Deno itself reports what is wrong with its own file.
  if (isDenos && !isJsonObject(value)) return undefined;
  throw new JugError("usage", `${path}:${lineAt(text, first.offset)} cannot be parsed`, {
    remedy: `${printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, " ")}: correct the file`,
  });
}

/** Returns the line on which a setting stands; `undefined` if it cannot be found. */
export async function lineOf({ text, isDenos }: ConfigFile, keys: readonly string[]): Promise<number | undefined> {
  const { parseTree, findNodeAtLocation } = await import("npm:jsonc-parser@3");
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, isDenos ? ["jug", ...keys] : [...keys]);
  return node && lineAt(text, node.parent?.offset ?? node.offset);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
