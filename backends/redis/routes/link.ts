/**
 * One connection to one server. It cannot be used any more once it is broken; `connection.ts` then opens another.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { JugError } from "../../../core/errors.ts";
import type { Login, RedisAddress, TlsFiles } from "../address.ts";
import { type Endpoint, endpointText, isPermitted } from "../endpoint.ts";
import { LinkError, linkError, ReplyError } from "../errors.ts";

/** A part of a command. */
export type Argument = string | Uint8Array;

/** Options for sending a command. */
export interface SendOptions {
  /** After this time without a reply, the connection counts as broken, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether strings in the reply are returned as bytes. @default false */
  readonly asBytes?: boolean;
}

/** A connection. */
export interface Link {
  readonly isBroken: boolean;
  /**
   * Sends a command and returns the reply.
   *
   * @throws {ReplyError} if the server refuses; {LinkError} if the connection breaks
   */
  send(args: readonly Argument[], options: SendOptions): Promise<unknown>;
  /** Calls `wake` for each message on the channel. Nothing else may be sent from then on. */
  subscribe(channel: string, wake: () => void, timeoutMs: number): Promise<void>;
  close(): void;
}

const CONNECT_MS = 5000;

function readTls({ ca, cert, key }: TlsFiles, shown: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, path] of Object.entries({ ca, cert, key })) {
    if (path === undefined) continue;
    try {
      files[name] = readFileSync(path, "utf8");
    } catch (error) {
      throw new JugError("backend", `jugdir "${shown}": ${name}=${path} cannot be read: ${linkError(error).message}`, {
        remedy: "Check the path (relative to the current folder), and that --allow-read includes it",
      });
    }
  }
  return files;
}

function asBuffer(argument: Argument): string | Buffer {
  if (typeof argument === "string") return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}

/**
 * Detects a missing permission: Deno before 2.9, also in older compiled programs, reports it as a refused connection.
 */
function refusedByDeno(error: unknown, endpoint: Endpoint): LinkError | undefined {
  if (!/^2\.[0-8]\./.test(Deno.version.deno) || linkError(error).fault !== "refused" || "path" in endpoint) {
    return undefined;
  }
  if (isPermitted(endpoint)) return undefined;
  const advice = Deno.build.standalone ? "specify the required permissions during compilation using" : "run again with";
  return new LinkError("permission", `Requires net access to "${endpointText(endpoint)}", ${advice} --allow-net`);
}

/** Connects, logs in and selects the database. `endpoint` is one of the address's, or one that a server named. */
export async function openLink(address: RedisAddress, endpoint: Endpoint, login: Login = address): Promise<Link> {
  const { createClient, ErrorReply, RESP_TYPES } = await import("npm:@redis/client@5");
  const socket = "path" in endpoint
    ? { path: endpoint.path }
    : address.tls === undefined
    ? { host: endpoint.host, port: endpoint.port }
    : { host: endpoint.host, port: endpoint.port, tls: true as const, ...readTls(address.tls, address.shown) };
  const client = createClient({
    socket: { ...socket, reconnectStrategy: false, connectTimeout: CONNECT_MS },
    ...(login.user === undefined ? {} : { username: login.user }),
    ...(login.password === undefined ? {} : { password: login.password }),
    database: login.database,
    // Do not queue commands while disconnected: nobody could tell whether the server executed them.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
  });
  const underWay = new Set<(error: LinkError) => void>();
  let broken: LinkError | undefined;

  function breakDown(error: LinkError): void {
    if (broken !== undefined) return;
    broken = error;
    for (const fail of underWay) fail(error);
    if (client.isOpen) client.destroy();
  }

  /**
   * Waits for `answer`, at most for `ms`, and at most as long as the connection lasts. The timer keeps the process
   * alive.
   */
  function within<T>(ms: number, answer: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      const end = () => {
        clearTimeout(timer);
        underWay.delete(fail);
      };
      const fail = (error: unknown) => {
        end();
        reject(error instanceof ErrorReply ? new ReplyError(error.message) : linkError(error));
      };
      const timer = setTimeout(() => {
        breakDown(new LinkError("silent", `nothing was received for ${Math.round(ms / 100) / 10} s`));
      }, ms);
      underWay.add(fail);
      answer().then((value) => {
        end();
        resolve(value);
      }, fail);
    });
  }

  client.on("error", (error: unknown) => {
    // If the server refuses the password or the database, `connect` throws that error itself.
    if (!(error instanceof ErrorReply)) breakDown(linkError(error));
  });
  try {
    await within(2 * CONNECT_MS, () => client.connect());
  } catch (error) {
    const cause = refusedByDeno(error, endpoint) ?? error;
    breakDown(linkError(cause));
    throw cause;
  }
  // An open connection must not keep the process alive.
  client.unref();
  return {
    get isBroken() {
      return broken !== undefined;
    },
    send: (args, { timeoutMs, asBytes }) =>
      within(timeoutMs, () =>
        client.sendCommand<unknown>(
          args.map(asBuffer),
          asBytes === true ? { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } : undefined,
        )),
    subscribe: (channel, wake, timeoutMs) => within(timeoutMs, () => client.subscribe(channel, wake)),
    close: () => breakDown(new LinkError("broken", "the connection was closed")),
  };
}
