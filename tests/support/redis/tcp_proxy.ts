/**
 * A line between a client and a server that a test can make slow, deaf or broken.
 *
 * @module
 */

/** What the line does to what passes. */
export interface ProxyOptions {
  /** The port of the server behind it. */
  readonly target: number;
  /** How much later each packet arrives, in milliseconds. Default: 0. */
  readonly delayMs?: number;
}

/** A line. */
export interface Proxy extends Disposable {
  readonly port: number;
  /** Where new connections lead; may be set. Those that are open stay where they are, as with an address that moves. */
  target: number;
  /** How often a connection was made through it. */
  readonly connections: number;
  /** While set, what the server answers is lost. */
  isDeaf: boolean;
  /** Breaks every connection; new ones can be made. */
  cut(): void;
}

/** Opens a line to `target`. */
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
    // Packets follow one another closely: each is late, none waits for the one before.
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
      // Cut from one side or the other.
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
