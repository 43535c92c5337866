/**
 * Real Redis servers for tests, each on a free port with a folder of its own.
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

/** Whether tests with a server can run here. */
export const hasRedis: boolean = runs("redis-server", "--version");
/** Whether tests with certificates can run here. */
export const hasOpenssl: boolean = runs("openssl", "version");

/** How a server is to run. */
export interface RedisServerOptions {
  /** Settings, as on the command line of redis-server without the dashes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether results survive a restart. Default: false. */
  readonly isPersistent?: boolean;
  /** Whether it speaks TLS, with certificates of its own. Default: false. */
  readonly tls?: boolean;
}

/** A server. */
export interface RedisServer extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** `redis://127.0.0.1:port`, or `rediss://localhost:port` with `?ca=`. */
  readonly address: string;
  /** Its socket in the file system. */
  readonly socket: string;
  /** Sends one command over a connection of its own. */
  command(...args: string[]): Promise<unknown>;
  signal(signal: Deno.Signal): void;
  /** Ends it and waits for the end; SIGTERM lets it save. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again, on the same port and folder. */
  start(): Promise<void>;
}

/** A port that nobody listens on. */
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

function tlsSettings(folder: string, port: number): Record<string, string> {
  return {
    port: "0",
    "tls-port": String(port),
    "tls-cert-file": `${folder}/server.crt`,
    "tls-key-file": `${folder}/server.key`,
    "tls-ca-cert-file": `${folder}/ca.crt`,
    "tls-auth-clients": "optional",
  };
}

/** Sends one command to the server behind this socket. */
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
    client.destroy();
  }
}

/** Starts a server and waits until it answers. */
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
    save: "",
    appendonly: options.isPersistent ? "yes" : "no",
    appendfsync: "always",
    ...(options.tls ? tlsSettings(folder, port) : {}),
    ...options.settings,
  };
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
      child.kill("SIGCONT");
      child.kill(signal);
      await child.status;
      child = undefined;
    },
    async start() {
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
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

/** Starts three servers that make one cluster. */
export async function startCluster(): Promise<RedisServer[]> {
  const nodes: RedisServer[] = [];
  for (let index = 0; index < 3; index++) {
    const settings = { "cluster-enabled": "yes", "cluster-port": String(freePort()), "cluster-node-timeout": "5000" };
    nodes.push(await startRedis({ settings: { ...settings, save: "" } }));
  }
  const third = Math.ceil(16384 / 3);
  for (const [index, node] of nodes.entries()) {
    const last = Math.min(16383, (index + 1) * third - 1);
    await node.command("CLUSTER", "ADDSLOTSRANGE", String(index * third), String(last));
    for (const other of nodes) {
      const bus = String(await other.command("CONFIG", "GET", "cluster-port")).split(",")[1] ?? "";
      await node.command("CLUSTER", "MEET", "127.0.0.1", String(other.port), bus);
    }
  }
  const deadline = performance.now() + 30_000;
  for (const node of nodes) {
    while (!isWhole(String(await node.command("CLUSTER", "INFO")))) {
      if (performance.now() > deadline) throw new Error("the cluster did not come together");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return nodes;
}

function isWhole(info: string): boolean {
  return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
}
