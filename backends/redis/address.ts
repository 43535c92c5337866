/**
 * The address of a Redis jugdir, understood: `redis://[user:password@]host[:port][/db]`, `rediss://…` or `unix:/path`,
 * each with options behind a question mark.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";

/** Where a server listens. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** Files for an encrypted connection. */
export interface TlsFiles {
  /** Certificates of the authorities that are trusted besides the system's. */
  readonly ca: string | undefined;
  /** The certificate by which this client is known. */
  readonly cert: string | undefined;
  /** The key of that certificate. */
  readonly key: string | undefined;
}

/** What an address says. */
export interface RedisAddress {
  readonly endpoint: Endpoint;
  /** `undefined`: the connection is not encrypted. */
  readonly tls: TlsFiles | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** What tells this jugdir from others on the same server. */
  readonly prefix: string;
  /** A result of more bytes than this is stored in parts of this size. */
  readonly partBytes: number;
  /** How long an operation goes on trying while the server cannot be reached, in milliseconds. */
  readonly patienceMs: number;
  /** The address without the password. */
  readonly shown: string;
}

const DEFAULT_PORT = 6379;
const DEFAULT_PART_BYTES = 16 * 1024 * 1024;
const DEFAULT_PATIENCE_S = 30;
const FORM = "Write redis://[user:password@]host[:port][/db][?prefix=…], rediss://… or unix:/path/redis.sock";

const OPTIONS = ["prefix", "part", "patience", "cluster", "db"];
const OPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  "redis:": OPTIONS,
  "rediss:": [...OPTIONS, "ca", "cert", "key"],
  "unix:": [...OPTIONS, "user", "password"],
};

// The address may hold a password, so no message repeats a part of it that was not understood.
function refuse(scheme: string, what: string, remedy = FORM): JugError {
  return new JugError("usage", `jugdir "${scheme}…": ${what}`, { remedy });
}

const ESCAPES = "Write / ? # and @ that belong to a password as %2F %3F %23 %40";

function parseUrl(address: string): URL {
  const url = URL.parse(address);
  if (url !== null && address.includes("#")) throw refuse(url.protocol, "it holds a #", `${ESCAPES}. ${FORM}`);
  if (url === null) {
    throw refuse(address.slice(0, address.indexOf(":") + 1), "the address cannot be understood", `${FORM}. ${ESCAPES}`);
  }
  return url;
}

function decode(text: string, scheme: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse(scheme, "a % in it begins no escape", "Write a % itself as %25");
  }
}

function wholeNumber(text: string | null, name: string, scheme: string, least: number): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) < least) {
    throw refuse(scheme, `option ${name} takes a whole number from ${least} on`);
  }
  return Number(text);
}

function checkOptions({ protocol, searchParams }: URL): void {
  const known = OPTIONS_OF[protocol] ?? [];
  for (const name of searchParams.keys()) {
    if (!known.includes(name)) {
      const remedy = `Behind the question mark may stand ${known.join(", ")}. ${ESCAPES}`;
      throw refuse(protocol, "it has an unknown option", remedy);
    }
    if (searchParams.getAll(name).length > 1) throw refuse(protocol, `it has the option ${name} twice`, "Give it once");
  }
  const cluster = searchParams.get("cluster");
  if (cluster !== null && cluster !== "1") throw refuse(protocol, "option cluster takes 1", "Leave it out otherwise");
}

/** A password alone is easily written where the user's name belongs, and names are shown. */
function checkUser({ protocol, username, password }: URL): void {
  if (username === "" || password !== "") return;
  throw refuse(
    protocol,
    "what stands before the @ is a user's name without a password",
    [
      `Write ${protocol}//:PASSWORD@host for a password alone, and`,
      `${protocol}//USER:PASSWORD@host for a user (any password for one who needs none)`,
    ].join(" "),
  );
}

function parsePrefix(text: string | null, scheme: string): string {
  const prefix = text ?? "jug";
  // A second pair of braces would put the keys of one jugdir in different places of a cluster.
  if (prefix === "" || /[{}]/.test(prefix)) throw refuse(scheme, "a prefix is not empty and holds no { or }");
  return prefix;
}

function parseEndpoint(url: URL): Endpoint {
  const path = decode(url.pathname, url.protocol);
  if (url.protocol === "unix:") {
    if (path === undefined || url.host !== "") throw refuse(url.protocol, "the path of the socket is missing");
    return { path };
  }
  if (url.hostname === "") throw refuse(url.protocol, "the host is missing");
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? DEFAULT_PORT : Number(url.port) };
}

function parseDatabase(url: URL): number {
  const inQuery = wholeNumber(url.searchParams.get("db"), "db", url.protocol, 0);
  if (url.protocol === "unix:" || url.pathname === "" || url.pathname === "/") return inQuery ?? 0;
  if (!/^\/\d{1,9}$/.test(url.pathname)) {
    throw refuse(url.protocol, "what follows the host is not a database's number", `${FORM}. ${ESCAPES}`);
  }
  if (inQuery !== undefined) {
    throw refuse(url.protocol, "it names the database twice", "Leave out one of /NUMBER and db=");
  }
  return Number(url.pathname.slice(1));
}

/** How an endpoint is written. */
export function endpointText(endpoint: Endpoint): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  return `${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

function showWithoutPassword(found: Omit<RedisAddress, "shown">): string {
  const { endpoint, tls, user, database } = found;
  const prefix = `prefix=${encodeURIComponent(found.prefix)}`;
  if ("path" in endpoint) return `${endpointText(endpoint)}?${database === 0 ? "" : `db=${database}&`}${prefix}`;
  const who = user === undefined ? "" : `${encodeURIComponent(user)}@`;
  return `${tls === undefined ? "redis" : "rediss"}://${who}${endpointText(endpoint)}/${database}?${prefix}`;
}

/** Whether the address names a Redis server. */
export function isRedisAddress(address: string): boolean {
  return /^(rediss?|unix):/i.test(address);
}

/** @throws {JugError} of kind "usage" for an address that cannot be understood; it shows no part that may be secret. */
export function parseRedisAddress(address: string): RedisAddress {
  const url = parseUrl(address);
  checkUser(url);
  checkOptions(url);
  const { protocol, searchParams } = url;
  const isUnix = protocol === "unix:";
  const file = (name: string) => searchParams.get(name) ?? undefined;
  const found = {
    endpoint: parseEndpoint(url),
    tls: protocol === "rediss:" ? { ca: file("ca"), cert: file("cert"), key: file("key") } : undefined,
    user: isUnix ? file("user") : decode(url.username, protocol),
    password: isUnix ? file("password") : decode(url.password, protocol),
    database: parseDatabase(url),
    prefix: parsePrefix(searchParams.get("prefix"), protocol),
    partBytes: wholeNumber(searchParams.get("part"), "part", protocol, 1) ?? DEFAULT_PART_BYTES,
    patienceMs: 1000 * (wholeNumber(searchParams.get("patience"), "patience", protocol, 0) ?? DEFAULT_PATIENCE_S),
  };
  return { ...found, shown: showWithoutPassword(found) };
}
