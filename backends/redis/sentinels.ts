/**
 * The way to the primary that Sentinels name. They are asked anew for each connection, as Redis's guidelines for clients have
 * it, and the server is asked whether it agrees: a Sentinel that was cut off names an old one.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { RedisAddress } from "./address.ts";
import { distinct, type Endpoint, endpointText, isPermitted } from "./endpoint.ts";
import { LinkError, linkError, passing, ReplyError } from "./errors.ts";
import { greet, GREETING_MS } from "./greeting.ts";
import { type Link, openLink } from "./link.ts";
import { listOf, textOf } from "./replies.ts";
import type { Route } from "./route.ts";

const TIMES = { timeoutMs: GREETING_MS };

function endpointOf(host: unknown, port: unknown): Endpoint | undefined {
  return textOf(host) !== "" && /^\d{1,5}$/.test(textOf(port)) ? { host: textOf(host), port: Number(port) } : undefined;
}

/** One value of an entry in a Sentinel's lists: names and values in turn. */
function valueIn(entry: unknown, name: string): unknown {
  const list = listOf(entry);
  for (let index = 0; index < list.length; index += 2) if (list[index] === name) return list[index + 1];
  return undefined;
}

async function groupsOf(link: Link): Promise<string> {
  const entries = listOf(await link.send(["SENTINEL", "MASTERS"], TIMES));
  return entries.map((entry) => textOf(valueIn(entry, "name"))).filter((name) => name !== "").join(", ") || "none";
}

/** Says that what answers to a plain address is a Sentinel, and how to write it. */
export async function sentinelInstead(link: Link, address: RedisAddress): Promise<JugError> {
  const where = address.endpoints.map(endpointText).join(",");
  const scheme = address.tls === undefined ? "redis" : "rediss";
  const remedy = `Write ${scheme}+sentinel://${where}/NAME. The names that it knows: ${await groupsOf(link)}`;
  return new JugError("backend", `jugdir "${address.shown}": this is a Sentinel, which keeps no data`, { remedy });
}

/** The route to the primary that Sentinels call `group`. */
export function sentinelRoute(address: RedisAddress, group: string): Route {
  let sentinels: readonly Endpoint[] = address.endpoints;
  let isProven = false;
  const shown = `jugdir "${address.shown}"`;

  async function ask(link: Link): Promise<Endpoint> {
    const learning = link.send(["SENTINEL", "SENTINELS", group], TIMES);
    // What went wrong is told by the answer to the other question.
    learning.catch(() => {});
    let answer: unknown;
    try {
      answer = await link.send(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", group], TIMES);
    } catch (error) {
      if (!(error instanceof ReplyError) || !/unknown command/i.test(error.message)) throw error;
      throw new JugError("backend", `${shown}: what answers there is no Sentinel`, {
        remedy: `Write ${address.tls === undefined ? "redis" : "rediss"}://${
          address.endpoints.map(endpointText)
        } for it`,
      });
    }
    const [host, port] = listOf(answer);
    const primary = endpointOf(host, port);
    if (primary === undefined) {
      throw new JugError("backend", `${shown}: its Sentinel knows no servers by the name "${group}"`, {
        remedy: `The names that it knows: ${await groupsOf(link)}`,
      });
    }
    const found = listOf(await learning).map((entry) => endpointOf(valueIn(entry, "ip"), valueIn(entry, "port")));
    const known = found.filter((sentinel) => sentinel !== undefined).filter(isPermitted);
    sentinels = distinct([...sentinels, ...known]);
    return primary;
  }

  /** The first Sentinel that answers decides, and is asked first the next time. */
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
    // A mistake in the address is told at the start. Later one Sentinel that is set up wrongly must not end a run.
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
