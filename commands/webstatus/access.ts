/**
 * Who may ask the dashboard's server for what.
 *
 * The port of a login node is open to all its users, so data is given to those who have the token of the printed address. A
 * page of another site may send requests through the user's browser: it can neither read answers, nor act, because it
 * knows no token and the browser names the site. A site whose name is made to point to this host (DNS rebinding) counts as
 * the same site for the browser, so that requests under unknown names are refused.
 *
 * @module
 */
import { isIP } from "node:net";
import { timingSafeEqual } from "node:crypto";
import type { Refusal } from "./responses.ts";

/** What the server requires. */
export interface AccessRules {
  /** The token for reading; `undefined`: everybody may read. */
  readonly token: string | undefined;
  /** The token for actions; `undefined`: there are none. */
  readonly actionToken: string | undefined;
  /** The names of this host, in lower case, besides `localhost` and its addresses. */
  readonly hostNames: readonly string[];
}

/** What a request wants. */
export type Purpose = "page" | "data" | "action";

/** The header with the token for actions. */
export const ACTION_HEADER = "x-jug-action";

/** Returns why a request is refused; `undefined` if it is allowed. */
export function refusalOf(request: Request, url: URL, purpose: Purpose, rules: AccessRules): Refusal | undefined {
  return wrongHost(url, rules) ?? wrongSite(request, url, purpose) ?? wrongToken(request, url, purpose, rules);
}

/**
 * The port does not matter: `ssh -L` may forward another one. An address cannot be made to point elsewhere, as a name can.
 */
function wrongHost(url: URL, { hostNames }: AccessRules): Refusal | undefined {
  const name = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || isIP(name) !== 0 || hostNames.includes(name)) return undefined;
  return { status: 403, error: "This server does not go by that name. Use the address that jug webstatus printed." };
}

function wrongSite(request: Request, url: URL, purpose: Purpose): Refusal | undefined {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== url.origin) return FOREIGN;
  const site = request.headers.get("sec-fetch-site");
  // A link to the page may be in a mail. Its site learns nothing.
  const isLink = purpose === "page" && request.headers.get("sec-fetch-mode") === "navigate";
  return site === null || site === "same-origin" || site === "none" || isLink ? undefined : FOREIGN;
}

const FOREIGN: Refusal = { status: 403, error: "Pages of other sites get nothing from this server." };

function wrongToken(request: Request, url: URL, purpose: Purpose, rules: AccessRules): Refusal | undefined {
  const { token, actionToken } = rules;
  const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? url.searchParams.get("token");
  if (token !== undefined && !isToken(given, token)) {
    return {
      status: 401,
      error: "The token is missing or wrong. Use the address that jug webstatus printed.",
      headers: { "www-authenticate": 'Bearer realm="jug"' },
    };
  }
  if (purpose !== "action") return undefined;
  if (actionToken === undefined) {
    return { status: 403, error: "Actions are not allowed. Start jug webstatus with --allow-actions." };
  }
  return isToken(request.headers.get(ACTION_HEADER), actionToken)
    ? undefined
    : { status: 403, error: "The token for actions is missing or wrong. Use the second address that was printed." };
}

/** Compares in a time that does not depend on where texts differ. */
export function isToken(given: string | null, token: string): boolean {
  const [a, b] = [given ?? "", token].map((text) => new TextEncoder().encode(text));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

/** Returns a token that cannot be guessed: 128 random bits. */
export function newToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
