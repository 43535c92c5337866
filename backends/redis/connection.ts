/**
 * The way to the server that has the keys of one jugdir, on which one may insist: it goes on trying while the server cannot
 * be reached or cannot serve, and connects anew where another may have taken its place.
 *
 * Whatever is sent may be sent again after a connection broke, so each command must come to the same when done twice.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { RedisAddress } from "./address.ts";
import { explain, passing, ReplyError } from "./errors.ts";
import type { Argument, Link } from "./link.ts";
import { nodesRoute } from "./nodes.ts";
import type { Route } from "./route.ts";
import type { Script } from "./script.ts";
import { sentinelRoute } from "./sentinels.ts";

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
  /** Calls `then` whenever the connection was made anew: the server may be another by then, or have lost something. */
  onReconnect(then: () => void): void;
  close(): void;
}

/** The slowest line that is waited for: bytes a millisecond. */
const SLOWEST = 100;
/** The pauses between attempts, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 1000;
/** How often in a row a cluster may send us on, before it gets time to agree with itself. */
const MAX_HOPS = 5;
const SUBSCRIBE_MS = 5000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A replica that the address always named is a mistake in the address, and no primary that was demoted. */
function isMistaken(error: unknown, { hasMetPrimary }: Route): boolean {
  return error instanceof ReplyError && error.code === "READONLY" && !hasMetPrimary;
}

/** Connects. Nobody waits for a server that is not there at the start. */
export async function connect(address: RedisAddress, clock: () => number): Promise<Connection> {
  const route = address.group === undefined ? nodesRoute(address) : sentinelRoute(address, address.group);
  let opening: Promise<Link> | undefined;
  let isClosed = false;
  let wasOpen = false;
  const listeners: (() => void)[] = [];

  const closed = () => new JugError("backend", `jugdir "${address.shown}": it was closed`, { remedy: "Open it again" });

  async function open(): Promise<Link> {
    const opened = await route.open();
    if (isClosed) opened.close();
    else if (wasOpen) { for (const listener of listeners) listener(); }
    wasOpen = true;
    return opened;
  }

  function link(): Promise<Link> {
    opening ??= open();
    return opening;
  }

  async function leave(used: Promise<Link> | undefined): Promise<void> {
    if (used === undefined) return;
    if (opening === used) opening = undefined;
    await used.then((old) => old.close(), () => {});
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
        // Of several calls that used this connection the first to fail decides where the next one leads.
        const isFirst = opening === used;
        const isSentOn = error instanceof ReplyError && hops < MAX_HOPS &&
          (isFirst ? route.follow(error) : error.code === "MOVED");
        if (isSentOn) {
          hops++;
          if (isFirst) await leave(used);
          continue;
        }
        const passes = passing(error);
        if (isFirst && passes === "anew") route.turn();
        // A server may also refuse while we say who we are: such a connection is never open.
        if (passes === "anew" || !isOpen) await leave(used);
        const isInVain = passes === "never" || isMistaken(error, route);
        if (isInVain || clock() >= deadline) throw explain(error, address.shown, route.hint);
        hops = 0;
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
      const own = await route.open();
      try {
        await own.subscribe(channel, wake, SUBSCRIBE_MS);
        return own;
      } catch (error) {
        own.close();
        throw error;
      }
    },
    onReconnect: (then) => void listeners.push(then),
    close() {
      isClosed = true;
      void leave(opening);
    },
  };
  try {
    await link();
  } catch (error) {
    await leave(opening);
    // What answered once, and will be ready soon, is waited for by whoever comes first.
    const isThere = route.isProven || error instanceof ReplyError;
    if (!isThere || passing(error) === "never") throw explain(error, address.shown, route.hint);
  }
  return connection;
}
