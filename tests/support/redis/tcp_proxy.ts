/**
 * A TCP proxy between a client and a server, which a test can make slow or lossy, or cut.
 *
 * @module
 */

/** How a proxy behaves. */
export interface ProxyOptions {
  /** The port of the server. */
  readonly target: number;
  /** How much later each packet arrives, in milliseconds. Default: 0. */
  readonly delayMs?: number;
}

/** A running proxy. */
export interface Proxy extends Disposable {
  readonly port: number;
  /** The port to which new connections lead. May be set. Open connections stay, as when an address moves. */
  target: number;
  /** The number of connections made through it. */
  readonly connections: number;
  /** While true, the server's replies are dropped. */
  isDeaf: boolean;
  /** Closes every connection. New ones can be made. */
  cut(): void;
}

/** Starts a proxy for `target`. */
export function startProxy({ target, delayMs = 0 }: ProxyOptions): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let connections = 0;

  function close(conn: Deno.Conn): void {
    if (!open.delete(conn)) return;
    conn.close();
  }

  async function pump(from: Deno.Conn, to: Deno.Conn, isLost: () => boolean): Promise<void> {
    const buffer = new Uint8Array(65536);
    // Delay each packet by the same time; packets do not add up their delays.
    let sending = Promise.resolve();
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        if (isLost()) continue;
        const packet = buffer.slice(0, count);
        const arrival = performance.now() + delayMs;
        sending = sending.then(async () => {
          const left = arrival - performance.now();
          if (delayMs > 0 && left > 0) await new Promise((resolve) => setTimeout(resolve, left));
          for (let sent = 0; sent < packet.length;) sent += await to.write(packet.subarray(sent));
        }).catch(() => {});
      }
      await sending;
    } catch {
      // One side was closed.
    }
    close(from);
    close(to);
  }

  const proxy: Proxy = {
    port: listener.addr.port,
    target,
    get connections() {
      return connections;
    },
    isDeaf: false,
    cut() {
      for (const conn of [...open]) close(conn);
    },
    [Symbol.dispose]() {
      listener.close();
      proxy.cut();
    },
  };

  async function accept(): Promise<void> {
    for await (const client of listener) {
      connections++;
      open.add(client);
      try {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: proxy.target });
        open.add(server);
        void pump(client, server, () => false);
        void pump(server, client, () => proxy.isDeaf);
      } catch {
        close(client);
      }
    }
  }
  void accept();
  return proxy;
}
