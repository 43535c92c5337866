/**
 * Parses modules in JavaScript and TypeScript.
 *
 * @module
 */
import * as nodeModule from "node:module";
import { type Options, Parser } from "npm:acorn@8";
import { tsPlugin } from "npm:@sveltejs/acorn-typescript@1";
import { plainTree } from "./plain_tree.ts";
import { isNode, type TreeNode } from "./tree.ts";

const OPTIONS: Options = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowHashBang: true,
  allowAwaitOutsideFunction: true,
};

/** Parses a module and removes its types. Returns `undefined` if that is not possible. */
export function parseModule(path: string, source: string): TreeNode | undefined {
  // CommonJS has other rules for names.
  if (/\.c[jt]s$/.test(path)) return undefined;
  if (/\.m?js$/.test(path)) return parseScript(source);
  const parser = Parser.extend(tsPlugin({ jsx: /x$/.test(path) }));
  const tree = attempt(() => parser.parse(source, { ...OPTIONS, locations: true }));
  if (tree !== undefined) return tree;
  // The parser does not know some rare forms, which the runtime knows.
  const stripped = withoutTypes(source);
  return stripped === undefined ? undefined : parseScript(stripped);
}

/** Parses JavaScript. Returns `undefined` if it is invalid. */
export function parseScript(source: string): TreeNode | undefined {
  return attempt(() => Parser.parse(source, OPTIONS));
}

function attempt(parse: () => unknown): TreeNode | undefined {
  try {
    const program = parse();
    return isNode(program) ? plainTree(program) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Replaces types by spaces. Deno before 2.9 cannot, nor can it with enums and namespaces. */
function withoutTypes(source: string): string | undefined {
  const strip: unknown = Reflect.get(nodeModule, "stripTypeScriptTypes");
  if (typeof strip !== "function") return undefined;
  try {
    const stripped: unknown = Reflect.apply(strip, nodeModule, [source]);
    return typeof stripped === "string" ? stripped : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
