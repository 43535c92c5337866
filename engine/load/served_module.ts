/**
 * Explains load failures of modules whose web server does not serve them as TypeScript.
 *
 * @module
 */

const FAULT = /(?:SyntaxError|identified a \w+ module)[^]*?(https?:\/\/[^/\s]+)\/\S*\.[cm]?ts\b/;

/** Returns what to do if `text` suggests that a TypeScript module was loaded as another type; otherwise `undefined`. */
export function servedModuleHint(text: string): string | undefined {
  const server = FAULT.exec(text)?.[1];
  return server && `If that file is valid TypeScript, ${server} serves it as another type: ` +
      "make it serve .ts files as text/typescript or text/plain, then run again with --reload";
}
