/**
 * Real Redis servers for tests, each with a free port and a temporary folder.
 *
 * @module
 */
import { createClient } from "npm:@redis/client@5";

function runs(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Whether tests that need a server can run here. */
export const hasRedis: boolean = runs("redis-server", "--version");
/** Whether tests that need certificates can run here. */
export const hasOpenssl: boolean = runs("openssl", "version");

/** How a server runs. */
export interface RedisServerOptions {
  /** Settings, as on the command line of redis-server but without the dashes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether results survive a restart. Default: false. */
  readonly isPersistent?: boolean;
  /** Whether it uses TLS, with certificates made for it. Default: false. */
  readonly tls?: boolean;
  /** Lines of a Sentinel's configuration. If given, the process is a Sentinel instead of a server. */
  readonly sentinel?: readonly string[];
}

/** A running server or Sentinel. */
export interface RedisServer extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** `redis://127.0.0.1:port`, or `rediss://localhost:port` with `?ca=`. */
  readonly address: string;
  /** The path of its Unix socket. */
  readonly socket: string;
  /** Sends one command over a separate connection. */
  command(...args: string[]): Promise<unknown>;
  signal(signal: Deno.Signal): void;
  /** Ends it and waits for its end. SIGTERM (default) lets it save. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again, with the same port and folder. */
  start(): Promise<void>;
}

/** Returns a port on which nothing listens. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function openssl(folder: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command("openssl", { args, cwd: folder, stderr: "piped" }).outputSync();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** Makes `ca.crt`, and `server.crt` with `server.key` for localhost and 127.0.0.1. */
export function makeCertificates(folder: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  Deno.writeTextFileSync(`${folder}/names`, "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
  // deno-fmt-ignore
  openssl(folder, "req", "-x509", ...key, "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key",
    "-out", "ca.crt", "-addext", "keyUsage=critical,keyCertSign");
  openssl(folder, "req", ...key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr");
  // deno-fmt-ignore
  openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
    "-days", "2", "-extfile", "names", "-out", "server.crt");
}

/** Returns settings with which a server accepts only TLS on this port, with the certificates in `folder`. */
export function tlsSettings(folder: string, port: number): Record<string, string> {
  return {
    port: "0",
    "tls-port": String(port),
    "tls-cert-file": `${folder}/server.crt`,
    "tls-key-file": `${folder}/server.key`,
    "tls-ca-cert-file": `${folder}/ca.crt`,
    "tls-auth-clients": "optional",
  };
}

/** Sends one command to the server at this socket. */
async function sendTo(socket: string, password: string | undefined, args: string[]): Promise<unknown> {
  const client = createClient({
    socket: { path: socket, reconnectStrategy: false },
    ...(password === undefined ? {} : { password }),
    disableClientInfo: true,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.sendCommand<unknown>(args);
  } finally {
    // The server may have closed it: Sentinels close all connections of a server that they demote.
    if (client.isOpen) client.destroy();
  }
}

/** Starts a server and waits until it responds. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await Deno.makeTempDir({ prefix: "jug_redis_" });
  const socket = `${folder}/redis.sock`;
  const port = freePort();
  if (options.tls) makeCertificates(folder);
  const settings: Record<string, string> = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    unixsocket: socket,
    ...(options.sentinel === undefined
      ? { save: "", appendonly: options.isPersistent ? "yes" : "no", appendfsync: "always" }
      : {}),
    ...(options.tls ? tlsSettings(folder, port) : {}),
    ...options.settings,
  };
  if (options.sentinel !== undefined) {
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    Deno.writeTextFileSync(`${folder}/sentinel.conf`, [...lines, ...options.sentinel, ""].join("\n"));
  }
  let child: Deno.ChildProcess | undefined;

  const server: RedisServer = {
    folder,
    port,
    socket,
    address: options.tls ? `rediss://localhost:${port}?ca=${folder}/ca.crt` : `redis://127.0.0.1:${port}`,
    command: (...args) => sendTo(socket, settings["requirepass"], args),
    signal: (signal) => child?.kill(signal),
    async stop(signal = "SIGTERM") {
      if (child === undefined) return;
      try {
        child.kill("SIGCONT");
        child.kill(signal);
      } catch {
        // It has ended by itself: Ctrl-C in a terminal reaches it as well.
      }
      await child.status;
      child = undefined;
    },
    async start() {
      const args = options.sentinel === undefined
        ? Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
        : [`${folder}/sentinel.conf`, "--sentinel"];
      child = new Deno.Command("redis-server", { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
      let isOver = false;
      void child.status.then(() => isOver = true);
      const deadline = performance.now() + 20_000;
      for (;;) {
        try {
          await server.command("PING");
          return;
        } catch (error) {
          if (isOver || performance.now() > deadline) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async [Symbol.asyncDispose]() {
      await server.stop("SIGKILL");
      await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}
