/**
 * Finds what a module imports without parsing it, since this is done while tasks run.
 *
 * @module
 */

/**
 * The text after `from`, `import`, `import(`, `require(`, `resolve(` and `URL(`. Texts with escape sequences are left
 * out.
 */
const SPECIFIER = /\b(from|import|require|resolve|URL)\s*(?:\(\s*)?(["'`])([^"'`\\\n]{1,1000})\2/g;

/** What {@linkcode isCodeFile} says of a path. */
const CODE = /\.[cm]?[jt]sx?$/;

/** Whether a file with this path is a program text, by its extension. */
export function isCodeFile(path: string): boolean {
  return CODE.test(path);
}

/**
 * Returns the specifiers of all modules that `source` imports by a constant name, and perhaps others, from comments and
 * texts. If one is missing, `jug stale` says that the module is unknown.
 */
export function specifiersIn(source: string): Set<string> {
  const found = new Set<string>();
  for (const [, keyword, quote, specifier = ""] of source.matchAll(SPECIFIER)) {
    if (quote === "`" && specifier.includes("${")) continue;
    // Most addresses are not those of modules.
    if (keyword === "URL" && !isCodeFile(specifier)) continue;
    found.add(specifier);
  }
  return found;
}
