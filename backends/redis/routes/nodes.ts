/**
 * The route to a server that the address names, or to the node of a cluster that has the keys. In a cluster all keys of
 * a jugdir are on one node, so one connection is enough there, too.
 *
 * Every node knows the others. They are asked for at each connection, so that if a node dies, another can be asked for
 * the replica that was promoted.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { RedisAddress } from "../address.ts";
import { distinct, type Endpoint, endpointText, isPermitted } from "../endpoint.ts";
import { passing, ReplyError } from "../errors.ts";
import { greet, GREETING_MS } from "./server_kind.ts";
import { type Link, openLink } from "./link.ts";
import { isArray, isNumber, listOf, textOf } from "../replies.ts";
import type { Route } from "./route.ts";
import { sentinelInstead } from "./sentinels.ts";

/**
 * Returns the nodes in a reply to CLUSTER SLOTS, where each slot is: from, to, then nodes as [host, port, …]. A node
 * without a host is the one that was asked.
 */
function nodesIn(slots: unknown, asked: Endpoint): Endpoint[] {
  const nodes = listOf(slots).flatMap((slot) => listOf(slot).slice(2));
  return nodes.flatMap((node) => {
    const [host, port] = isArray(node) ? node : [];
    // "?" means that the host's name is not known yet.
    if (!isNumber(port) || "path" in asked || host === "?") return [];
    return [{ host: textOf(host) || asked.host, port }];
  });
}

/** Returns the endpoint that `MOVED 1234 host:port` redirects to. */
function movedTo({ code, message }: ReplyError, asked: Endpoint): Endpoint | undefined {
  const place = code === "MOVED" ? /^MOVED \d{1,5} (.*):(\d{1,5})$/.exec(message) : null;
  if (place === null || "path" in asked) return undefined;
  const [, host = "", port] = place;
  return { host: host || asked.host, port: Number(port) };
}

/** Creates the route of an address without Sentinels. */
export function nodesRoute(address: RedisAddress): Route {
  const [first, ...rest] = address.endpoints;
  let endpoint = first;
  /** The other endpoints to try, the next one first. */
  let others: readonly Endpoint[] = rest;
  let unpermitted: readonly Endpoint[] = [];
  let isProven = false;
  let hasMetPrimary = false;

  function goTo(next: Endpoint): void {
    const text = endpointText(next);
    others = distinct([...others, endpoint]).filter((other) => endpointText(other) !== text);
    endpoint = next;
  }

  function turn(): void {
    const [next] = others;
    if (next !== undefined) goTo(next);
  }

  /**
   * Asks a node for the others. Leaves out those that Deno does not permit connecting to: Deno might prompt the user.
   */
  async function learn(link: Link): Promise<void> {
    let slots: unknown;
    try {
      slots = await link.send(["CLUSTER", "SLOTS"], { timeoutMs: GREETING_MS });
    } catch (error) {
      // It is not a cluster, or this user may not ask: use what is known.
      if (error instanceof ReplyError) return;
      throw error;
    }
    const known = distinct([...address.endpoints, ...nodesIn(slots, endpoint)]);
    unpermitted = known.filter((node) => !isPermitted(node));
    others = known.filter((node) => !unpermitted.includes(node) && endpointText(node) !== endpointText(endpoint));
  }

  async function openPresent(): Promise<Link> {
    const link = await openLink(address, endpoint);
    try {
      const { mode, role } = await greet(link);
      isProven = true;
      // A server that does not report its role may be a primary.
      if (role !== "replica" || mode === "cluster") hasMetPrimary = true;
      if (mode === "sentinel") throw await sentinelInstead(link, address);
      if (mode === "standalone" && address.endpoints.length > 1) throw severalHosts(address);
      if (mode !== "standalone") await learn(link);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  return {
    async open() {
      // At first, it is unknown which hosts of the address are up.
      for (let left = isProven ? 1 : address.endpoints.length;; left--) {
        try {
          return await openPresent();
        } catch (error) {
          if (left <= 1 || passing(error) === "never") throw error;
          turn();
        }
      }
    },
    follow(error) {
      const to = movedTo(error, endpoint);
      if (to !== undefined) goTo(to);
      return to !== undefined;
    },
    turn,
    get isProven() {
      return isProven;
    },
    get hasMetPrimary() {
      return hasMetPrimary;
    },
    get hint() {
      if (unpermitted.length === 0) return undefined;
      return `Other nodes of the cluster could not be reached: add --allow-net=${
        unpermitted.map(endpointText).join(",")
      }`;
    },
  };
}

/**
 * Returns the error for several hosts that are not a cluster: two processes that pick different ones would not see each
 * other.
 */
function severalHosts({ shown }: RedisAddress): JugError {
  return new JugError("backend", `jugdir "${shown}": several hosts are given, but they are not a cluster`, {
    remedy: "Give one host. For servers with failover, give their Sentinels: redis+sentinel://…/NAME",
  });
}
