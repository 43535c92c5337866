/**
 * Where a server listens.
 *
 * @module
 */

/** A host and its port, or a socket in the file system. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** How an endpoint is written. */
export function endpointText(endpoint: Endpoint): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  return `${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** Each endpoint once, in the order of their first appearance. */
export function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpointText(endpoint), endpoint])).values()];
}

/** Whether this process may connect there, as far as Deno says without asking anybody. */
export function isPermitted(endpoint: Endpoint): boolean {
  if ("path" in endpoint) return true;
  return Deno.permissions.querySync({ name: "net", host: endpointText(endpoint) }).state === "granted";
}
