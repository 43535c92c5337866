/**
 * The way to the server that has the keys of one jugdir: goes on trying while that cannot be reached, and follows where a
 * cluster sends it. In a cluster all keys of a jugdir live on one server, so one connection is enough there too.
 *
 * Whatever is sent may be sent again after a connection broke, so each command must come to the same when done twice.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { Endpoint, RedisAddress } from "./address.ts";
import { explain, linkError, ReplyError } from "./errors.ts";
import { type Argument, type Link, openLink } from "./link.ts";
import { isArray, isNumber, textOf } from "./replies.ts";
import type { Script } from "./script.ts";

/** How a command is sent. */
export interface CallOptions {
  /** Strings in the answer come as bytes. @default false */
  readonly asBytes?: boolean;
  /** How many bytes go and come, so that a slow line gets its time. @default 0 */
  readonly bytes?: number;
  /** How long to go on while the server cannot be reached, in milliseconds. @default the address's */
  readonly patienceMs?: number;
}

/** A way to the server. */
export interface Connection {
  /** @throws {JugError} of kind "backend" */
  send(args: readonly Argument[], options?: CallOptions): Promise<unknown>;
  /** Runs a script. */
  call(script: Script, keys: readonly string[], args: readonly Argument[], options?: CallOptions): Promise<unknown>;
  /** A connection of its own that calls `wake` at each message on the channel, as long as it lasts. */
  listen(channel: string, wake: () => void): Promise<Link>;
  close(): void;
}

/** The slowest line that is waited for: bytes a millisecond. */
const SLOWEST = 100;
/** The pauses between attempts, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 1000;
/** How often in a row a cluster may send us on. */
const MAX_HOPS = 5;
/** Answers of a server that will be ready later. */
const LATER = new Set(["LOADING", "BUSY", "TRYAGAIN", "ASK", "CLUSTERDOWN", "MASTERDOWN"]);

/** Where `MOVED 1234 host:port` sends us; an empty host means the one that said so. */
function movedTo(error: unknown, from: Endpoint): Endpoint | undefined {
  if (!(error instanceof ReplyError) || error.code !== "MOVED" || "path" in from) return undefined;
  const place = /^MOVED \d+ (.*):(\d+)$/.exec(error.message);
  if (place === null) return undefined;
  return { host: place[1] === "" ? from.host : place[1] ?? from.host, port: Number(place[2]) };
}

function mayPass(error: unknown): boolean {
  if (error instanceof ReplyError) return LATER.has(error.code);
  const { fault } = linkError(error);
  return fault !== "permission" && fault !== "certificate" && fault !== "not-redis";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The nodes in the answer of CLUSTER SLOTS: from, to, then nodes as [host, port, …]. */
function nodesIn(slots: unknown): Endpoint[] {
  const nodes = isArray(slots) ? slots.flatMap((slot) => isArray(slot) ? slot.slice(2) : []) : [];
  return nodes.flatMap((node) => {
    const [host, port] = isArray(node) ? node : [];
    return isNumber(port) && textOf(host) !== "" ? [{ host: textOf(host), port }] : [];
  });
}

/** Connects. Nobody waits for a server that is not there at the start. */
export async function connect(address: RedisAddress, clock: () => number): Promise<Connection> {
  let endpoint = address.endpoint;
  /** Where else to ask when the present server is gone. */
  let others: Endpoint[] = [];
  let opening: Promise<Link> | undefined;
  let isClosed = false;

  const closed = () => new JugError("backend", `jugdir "${address.shown}": it was closed`, { remedy: "Open it again" });

  function link(): Promise<Link> {
    opening ??= openLink(address, endpoint).then((opened) => {
      if (isClosed) opened.close();
      return opened;
    });
    return opening;
  }

  async function leave(used: Promise<Link> | undefined): Promise<void> {
    if (used === undefined) return;
    if (opening === used) opening = undefined;
    await used.then((old) => old.close(), () => {});
  }

  function tryAnother(): void {
    const next = others.shift();
    if (next === undefined) return;
    others.push(endpoint);
    endpoint = next;
  }

  async function follow(to: Endpoint, used: Promise<Link> | undefined): Promise<void> {
    const slots = await used?.then((old) => old.send(["CLUSTER", "SLOTS"], { timeoutMs: 5000 })).catch(() => undefined);
    others = [address.endpoint, ...nodesIn(slots)];
    endpoint = to;
    await leave(used);
  }

  async function insist<T>(options: CallOptions, work: (link: Link, timeoutMs: number) => Promise<T>): Promise<T> {
    const extra = (options.bytes ?? 0) / SLOWEST;
    const patience = options.patienceMs ?? address.patienceMs;
    // One silence is not the end: a connection may be dead while the server lives.
    const timeoutMs = Math.max(patience / 3, 1000) + extra;
    const deadline = clock() + patience + extra;
    for (let attempt = 0, hops = 0;;) {
      if (isClosed) throw closed();
      const used = link();
      let isOpen = false;
      try {
        const opened = await used;
        isOpen = true;
        return await work(opened, timeoutMs);
      } catch (error) {
        if (isClosed) throw closed();
        const to = movedTo(error, endpoint);
        if (to !== undefined && hops++ < MAX_HOPS) {
          if (opening === used) await follow(to, used);
          continue;
        }
        const isBroken = !(error instanceof ReplyError);
        if (isBroken && opening === used) tryAnother();
        // A server that is still loading may refuse while we say who we are: such a connection is never open.
        if (isBroken || !isOpen) await leave(used);
        if (!mayPass(error) || clock() >= deadline) throw explain(error, address.shown);
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** attempt++, LAST_PAUSE_MS, Math.max(0, deadline - clock())));
      }
    }
  }

  const connection: Connection = {
    send: (args, options = {}) =>
      insist(options, (link, timeoutMs) => link.send(args, { timeoutMs, asBytes: options.asBytes ?? false })),
    call(script, keys, args, options = {}) {
      const rest = [String(keys.length), ...keys, ...args];
      return insist(options, async (link, timeoutMs) => {
        const how = { timeoutMs, asBytes: options.asBytes ?? false };
        try {
          return await link.send(["EVALSHA", script.digest, ...rest], how);
        } catch (error) {
          if (!(error instanceof ReplyError) || error.code !== "NOSCRIPT") throw error;
          // Both at once: the server does them in this order.
          const [, answer] = await Promise.all([
            link.send(["SCRIPT", "LOAD", script.text], { timeoutMs }),
            link.send(["EVALSHA", script.digest, ...rest], how),
          ]);
          return answer;
        }
      });
    },
    async listen(channel, wake) {
      const own = await openLink(address, endpoint);
      try {
        await own.subscribe(channel, wake, CONNECT_MS);
        return own;
      } catch (error) {
        own.close();
        throw error;
      }
    },
    close() {
      isClosed = true;
      void leave(opening);
    },
  };
  try {
    // A server of another kind takes the connection, and shows only now what it is.
    await (await link()).send(["PING"], { timeoutMs: CONNECT_MS });
  } catch (error) {
    await leave(opening);
    // It will be ready soon: whoever comes first waits for it.
    if (error instanceof ReplyError && LATER.has(error.code)) return connection;
    throw explain(error, address.shown);
  }
  return connection;
}

const CONNECT_MS = 5000;
