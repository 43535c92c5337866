/**
 * The connection to the server that has the keys of one jugdir. It keeps trying while the server cannot be reached or
 * cannot serve, and reconnects if another server may have taken its place.
 *
 * A command may be sent again after a connection broke, so each command must have the same effect if it is executed
 * twice.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import type { RedisAddress } from "./address.ts";
import { explain, passing, ReplyError } from "./errors.ts";
import type { Argument, Link } from "./routes/link.ts";
import { nodesRoute } from "./routes/nodes.ts";
import type { Route } from "./routes/route.ts";
import type { Script } from "./script.ts";
import { sentinelRoute } from "./routes/sentinels.ts";

/** Options for sending a command. */
export interface CallOptions {
  /** Whether strings in the reply are returned as bytes. @default false */
  readonly asBytes?: boolean;
  /** How many bytes are sent and received; the timeout is longer accordingly. @default 0 */
  readonly bytes?: number;
  /** How long to keep trying while the server cannot be reached, in milliseconds. @default the address's */
  readonly patienceMs?: number;
}

/** A connection to the server. */
export interface Connection {
  /**
   * Sends a command and returns the reply.
   *
   * @throws {JugError} of kind "backend"
   */
  send(args: readonly Argument[], options?: CallOptions): Promise<unknown>;
  /** Runs a script. */
  call(script: Script, keys: readonly string[], args: readonly Argument[], options?: CallOptions): Promise<unknown>;
  /** Opens a separate connection that calls `wake` for each message on the channel, as long as the connection lasts. */
  listen(channel: string, wake: () => void): Promise<Link>;
  /** Calls `then` after each reconnection: it may be to another server, or the server may have lost data. */
  onReconnect(then: () => void): void;
  close(): void;
}

/** The slowest line to wait for, in bytes per millisecond. */
const SLOWEST = 100;
/** The pauses between attempts, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 1000;
/** How many redirections of a cluster in a row to follow before pausing, so that its nodes have time to agree. */
const MAX_HOPS = 5;
const SUBSCRIBE_MS = 5000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Whether the error comes from a replica that the address has named from the beginning. That is a mistake in the
 * address. Otherwise, the server is a primary that was demoted.
 */
function isMistaken(error: unknown, { hasMetPrimary }: Route): boolean {
  return error instanceof ReplyError && error.code === "READONLY" && !hasMetPrimary;
}

/** Connects. Does not wait for a server that is not there at the start. */
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
    // Shorter than the patience: a connection may be dead although the server is alive.
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
        // If several calls used this connection, the first to fail decides where the next one leads.
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
        // The server may also have refused the login. Then the connection was never open.
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
          // Send both at once; the server executes them in this order.
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
    // If the server has replied and will be ready soon, the first operation waits for it.
    const isThere = route.isProven || error instanceof ReplyError;
    if (!isThere || passing(error) === "never") throw explain(error, address.shown, route.hint);
  }
  return connection;
}
