/**
 * The route to the primary that Sentinels name. They are asked for each connection, as Redis's guidelines for clients
 * require, and the server is asked to confirm its role: a Sentinel that was cut off names an old primary.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { RedisAddress } from "../address.ts";
import { distinct, type Endpoint, endpointText, isPermitted } from "../endpoint.ts";
import { LinkError, linkError, passing, ReplyError } from "../errors.ts";
import { greet, GREETING_MS } from "./server_kind.ts";
import { type Link, openLink } from "./link.ts";
import { listOf, textOf } from "../replies.ts";
import type { Route } from "./route.ts";

const TIMES = { timeoutMs: GREETING_MS };

function endpointOf(host: unknown, port: unknown): Endpoint | undefined {
  return textOf(host) !== "" && /^\d{1,5}$/.test(textOf(port)) ? { host: textOf(host), port: Number(port) } : undefined;
}

/** Returns one value of an entry in a Sentinel's lists, which alternate between names and values. */
function valueIn(entry: unknown, name: string): unknown {
  const list = listOf(entry);
  for (let index = 0; index < list.length; index += 2) if (list[index] === name) return list[index + 1];
  return undefined;
}

async function groupsOf(link: Link): Promise<string> {
  const entries = listOf(await link.send(["SENTINEL", "MASTERS"], TIMES));
  return entries.map((entry) => textOf(valueIn(entry, "name"))).filter((name) => name !== "").join(", ") || "none";
}

/** Returns the error for a plain address that leads to a Sentinel. It shows the right address. */
export async function sentinelInstead(link: Link, address: RedisAddress): Promise<JugError> {
  const where = address.endpoints.map(endpointText).join(",");
  const scheme = address.tls === undefined ? "redis" : "rediss";
  const remedy = `Write ${scheme}+sentinel://${where}/NAME. The names it knows: ${await groupsOf(link)}`;
  return new JugError("backend", `jugdir "${address.shown}": this is a Sentinel, which stores no data`, { remedy });
}

/** Creates the route to the primary that Sentinels call `group`. */
export function sentinelRoute(address: RedisAddress, group: string): Route {
  let sentinels: readonly Endpoint[] = address.endpoints;
  let isProven = false;
  const shown = `jugdir "${address.shown}"`;

  async function ask(link: Link): Promise<Endpoint> {
    const learning = link.send(["SENTINEL", "SENTINELS", group], TIMES);
    // The reply to the other request reports the error.
    learning.catch(() => {});
    let answer: unknown;
    try {
      answer = await link.send(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", group], TIMES);
    } catch (error) {
      if (!(error instanceof ReplyError) || !/unknown command/i.test(error.message)) throw error;
      throw new JugError("backend", `${shown}: the server there is not a Sentinel`, {
        remedy: `Write ${address.tls === undefined ? "redis" : "rediss"}://${
          address.endpoints.map(endpointText)
        } for a server that is not a Sentinel`,
      });
    }
    const [host, port] = listOf(answer);
    const primary = endpointOf(host, port);
    if (primary === undefined) {
      throw new JugError("backend", `${shown}: its Sentinel knows no servers with the name "${group}"`, {
        remedy: `The names it knows: ${await groupsOf(link)}`,
      });
    }
    const found = listOf(await learning).map((entry) => endpointOf(valueIn(entry, "ip"), valueIn(entry, "port")));
    const known = found.filter((sentinel) => sentinel !== undefined).filter(isPermitted);
    sentinels = distinct([...sentinels, ...known]);
    return primary;
  }

  /** Asks the Sentinels in turn. The first one that replies decides, and is asked first the next time. */
  async function find(): Promise<Endpoint> {
    const failures: unknown[] = [];
    for (const sentinel of sentinels) {
      let link: Link | undefined;
      try {
        link = await openLink(address, sentinel, address.sentinelLogin);
        const primary = await ask(link);
        sentinels = distinct([sentinel, ...sentinels]);
        return primary;
      } catch (error) {
        failures.push(error);
      } finally {
        link?.close();
      }
    }
    // At the start, report a mistake in the address. Later, one Sentinel that is configured wrongly must not end a run.
    throw failures.find((failure) => (passing(failure) === "never") !== isProven) ?? failures[0];
  }

  async function openAt(primary: Endpoint): Promise<Link> {
    const text = endpointText(primary);
    let link: Link | undefined;
    try {
      link = await openLink(address, primary);
      const { role } = await greet(link);
      if (role === "replica") throw new LinkError("no-primary", `${text}, which they name, is a replica`);
      return link;
    } catch (error) {
      link?.close();
      if (error instanceof ReplyError || passing(error) === "never") throw error;
      const { fault, message } = linkError(error);
      throw fault === "no-primary" ? error : new LinkError("no-primary", `${text}, which they name: ${message}`);
    }
  }

  return {
    async open() {
      const primary = await find();
      isProven = true;
      return await openAt(primary);
    },
    follow: () => false,
    turn() {},
    get isProven() {
      return isProven;
    },
    // A replica that they name was the primary, or will be.
    hasMetPrimary: true,
    hint: undefined,
  };
}
