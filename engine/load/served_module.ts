/**
 * Modules whose web server does not say that they are TypeScript.
 *
 * @module
 */

const FAULT = /(?:SyntaxError|identified a \w+ module)[^]*?(https?:\/\/[^/\s]+)\/\S*\.[cm]?ts\b/;

/** What to do about a module that was taken for something else than TypeScript, if `text` may tell of one. */
export function servedModuleHint(text: string): string | undefined {
  const server = FAULT.exec(text)?.[1];
  return server && `If that file is good TypeScript, ${server} does not say so: ` +
      "it has to serve .ts files as text/typescript or text/plain (then run again with --reload)";
}
