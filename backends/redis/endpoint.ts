/**
 * The place where a server listens.
 *
 * @module
 */

/** A host and its port, or a socket in the file system. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** Returns the text of an endpoint. */
export function endpointText(endpoint: Endpoint): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  return `${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** Returns each endpoint once, in the order of their first appearance. */
export function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpointText(endpoint), endpoint])).values()];
}

/**
 * Whether this process may connect to the endpoint; always true for a socket. Does not cause Deno to prompt for a
 * permission.
 */
export function isPermitted(endpoint: Endpoint): boolean {
  if ("path" in endpoint) return true;
  return Deno.permissions.querySync({ name: "net", host: endpointText(endpoint) }).state === "granted";
}
