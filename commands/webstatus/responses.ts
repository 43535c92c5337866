/**
 * Responses of the dashboard's server. All have the headers that keep other sites and caches away from the data.
 *
 * @module
 */

/** A policy that loads nothing at all. The page brings its own. */
const LOADS_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": LOADS_NOTHING,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // The token is part of the page's address.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Returns a response with these headers in addition. */
export function respond(
  body: BodyInit | null,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, { status, headers: { ...HEADERS, ...headers } });
}

/** Returns data as JSON. */
export function json(data: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return respond(JSON.stringify(data), status, { "content-type": "application/json; charset=utf-8", ...headers });
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 500;
  /** One sentence for the person at the browser, with what to do. */
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the response to a request that is refused. */
export function refused({ status, error, headers }: Refusal): Response {
  return json({ error }, status, headers);
}
