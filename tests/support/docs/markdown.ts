/**
 * Reads a Markdown page: its code blocks with their markers, its links, and the anchors of its headings.
 *
 * A marker is an HTML comment, so it is invisible to readers of the page. CONTRIBUTING.md lists the markers.
 *
 * @module
 */
import GithubSlugger from "npm:github-slugger@2"; // GitHub's own rule for the anchors of headings
import { marked, type Token, type Tokens } from "npm:marked@16"; // follows CommonMark, has no dependencies

/** What a marker says of the block that follows it. */
export interface Markers {
  /** The file that the block is written to. */
  readonly file?: string;
  /** Whether the block is added to the end of the file, rather than being all of it. */
  readonly appends: boolean;
  /** Why the block is not run. */
  readonly notRun?: string;
  /** What differs from run to run in the output. */
  readonly varies: readonly string[];
  /** The exit statuses that the block's commands may have. */
  readonly statuses: readonly number[];
  /** Whether `deno run` runs the block, instead of `jug execute`. */
  readonly isScript: boolean;
}

/** A code block, or commands in a comment, which readers do not see. */
export interface Block {
  readonly line: number;
  /** The language of the block; `hidden` for commands in a comment. */
  readonly language: string;
  readonly text: string;
  readonly markers: Markers;
}

/** A page of the documentation. */
export interface Page {
  /** The path in the checkout. */
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
  /** Whether the blocks run in a copy of the checkout instead of an empty folder. */
  readonly isInCheckout: boolean;
  /** Programs without which the blocks cannot run. */
  readonly needs: readonly string[];
}

const NO_MARKERS: Markers = { appends: false, varies: [], statuses: [0], isScript: false };

/** Parses a page. Throws if a marker is unknown or belongs to no block. */
export function readPage(path: string, text: string): Page {
  const blocks: Block[] = [];
  const links: string[] = [];
  const anchors = new Set<string>();
  const slugger = new GithubSlugger();
  let isInCheckout = false;
  const needs: string[] = [];
  let pending: Markers = NO_MARKERS;
  let from = 0;

  const lineOf = (raw: string) => {
    const first = raw.trimStart().split("\n", 1)[0] ?? "";
    const found = text.indexOf(first, from);
    if (found >= 0) from = found + first.length;
    return text.slice(0, Math.max(found, 0)).split("\n").length;
  };
  const readComment = (comment: string, line: number) => {
    const colon = comment.indexOf(":");
    const name = (colon < 0 ? comment : comment.slice(0, colon)).trim();
    const rest = colon < 0 ? "" : comment.slice(colon + 1).trim();
    const list = rest.split(",").map((word) => word.trim());
    if (name === "file") pending = { ...pending, file: rest };
    else if (name === "append") pending = { ...pending, file: rest, appends: true };
    else if (name === "not run") pending = { ...pending, notRun: rest };
    else if (name === "varies") pending = { ...pending, varies: list };
    else if (name === "status") pending = { ...pending, statuses: list.map(Number) };
    else if (name === "script") pending = { ...pending, isScript: true };
    else if (name === "needs") needs.push(...list);
    else if (name === "in" && rest === "checkout") isInCheckout = true;
    else if (name === "run") blocks.push({ line, language: "hidden", text: rest, markers: NO_MARKERS });
    else if (!name.startsWith("deno-")) throw new Error(`${path}:${line}: unknown marker <!-- ${comment} -->`);
  };
  const visit = (token: Token) => {
    switch (token.type) {
      case "html": {
        const line = lineOf(token.raw);
        for (const [, comment = ""] of token.raw.matchAll(/<!--\s*(.*?)\s*-->/gs)) readComment(comment, line);
        for (const [, id = ""] of token.raw.matchAll(/\bid="([^"]+)"/g)) anchors.add(id);
        return;
      }
      case "code": {
        const line = lineOf(token.raw);
        if (isCode(token)) blocks.push({ line, language: languageOf(token), text: token.text, markers: pending });
        pending = NO_MARKERS;
        return;
      }
      case "space":
        return;
      case "heading":
        anchors.add(slugger.slug(plainText(token)));
        break;
      case "link":
      case "image":
        if ("href" in token && typeof token.href === "string") links.push(token.href);
        break;
    }
    if (token.type === "paragraph" && pending !== NO_MARKERS) {
      throw new Error(`${path}:${lineOf(token.raw)}: a marker without a code block after it`);
    }
  };
  marked.walkTokens(marked.lexer(text), visit);
  return { path, blocks, links, anchors, isInCheckout, needs };
}

function isCode(token: Token): token is Tokens.Code {
  return token.type === "code" && "text" in token && typeof token.text === "string";
}

function languageOf({ lang }: Tokens.Code): string {
  return lang?.split(/\s/, 1)[0] ?? "";
}

/** Returns a heading as readers see it, without the marks of code and emphasis. */
function plainText(token: Token): string {
  if ("tokens" in token && token.tokens !== undefined && token.tokens.length > 0) {
    return token.tokens.map(plainText).join("");
  }
  if (!("text" in token) || typeof token.text !== "string") return "";
  return token.text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
