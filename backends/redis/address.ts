/**
 * The address of a Redis jugdir, understood: `redis://[user:password@]host[:port][/db]`, `rediss://…`, `unix:/path`, or
 * `redis+sentinel://[user:password@]host[:port]/NAME[/db]`, each with options behind a question mark. Where a host stands may
 * stand several, with commas between.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { type Endpoint, endpointText } from "./endpoint.ts";

/** Files for an encrypted connection. */
export interface TlsFiles {
  /** Certificates of the authorities that are trusted besides the system's. */
  readonly ca: string | undefined;
  /** The certificate by which this client is known. */
  readonly cert: string | undefined;
  /** The key of that certificate. */
  readonly key: string | undefined;
}

/** How a server lets us in. */
export interface Login {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** What an address says. */
export interface RedisAddress extends Login {
  /** A server, nodes of one cluster, or Sentinels. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** What Sentinels call the servers that they watch; `undefined`: the address names no Sentinels. */
  readonly group: string | undefined;
  /** How Sentinels let us in. */
  readonly sentinelLogin: Login;
  /** `undefined`: the connection is not encrypted. */
  readonly tls: TlsFiles | undefined;
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
const DEFAULT_SENTINEL_PORT = 26379;
const DEFAULT_PART_BYTES = 16 * 1024 * 1024;
const DEFAULT_PATIENCE_S = 30;
const FORM = "Write redis://[user:password@]host[:port][/db][?prefix=…], rediss://… or unix:/path/redis.sock";
const SENTINEL_FORM = "Write redis+sentinel://[user:password@]host[:port][,host[:port]…]/NAME[/db][?prefix=…]";

const OPTIONS = ["prefix", "part", "patience", "cluster", "db"];
const TLS_OPTIONS = ["ca", "cert", "key"];
const SENTINEL_OPTIONS = ["sentinel_user", "sentinel_password"];
const OPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  "redis:": OPTIONS,
  "rediss:": [...OPTIONS, ...TLS_OPTIONS],
  "unix:": [...OPTIONS, "user", "password"],
  "redis+sentinel:": [...OPTIONS, ...SENTINEL_OPTIONS],
  "rediss+sentinel:": [...OPTIONS, ...SENTINEL_OPTIONS, ...TLS_OPTIONS],
};

function formOf(scheme: string): string {
  return isSentinelScheme(scheme) ? SENTINEL_FORM : FORM;
}

function isSentinelScheme(scheme: string): boolean {
  return scheme.endsWith("+sentinel:");
}

// The address may hold a password, so no message repeats a part of it that was not understood.
function refuse(scheme: string, what: string, remedy = formOf(scheme)): JugError {
  return new JugError("usage", `jugdir "${scheme}…": ${what}`, { remedy });
}

const ESCAPES = "Write / ? # and @ that belong to a password as %2F %3F %23 %40";

function parseUrl(address: string): URL {
  const url = URL.parse(address);
  const scheme = address.slice(0, address.indexOf(":") + 1).toLowerCase();
  if (url !== null && address.includes("#")) throw refuse(scheme, "it holds a #", `${ESCAPES}. ${formOf(scheme)}`);
  if (url === null) throw refuse(scheme, "the address cannot be understood", `${formOf(scheme)}. ${ESCAPES}`);
  return url;
}

/** An address with several hosts, as one for each of them: a URL has one only. */
function addressesIn(address: string): readonly [string, ...string[]] {
  const [, before = "", hosts = "", after = ""] = /^([a-z+]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is.exec(address) ?? [];
  const [first, ...others] = hosts.split(",").map((host) => `${before}${host}${after}`);
  return before === "" || first === undefined ? [address] : [first, ...others];
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
  const defaultPort = isSentinelScheme(url.protocol) ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT;
  const path = decode(url.pathname, url.protocol);
  if (url.protocol === "unix:") {
    if (path === undefined || url.host !== "") throw refuse(url.protocol, "the path of the socket is missing");
    return { path };
  }
  if (url.hostname === "") throw refuse(url.protocol, "the host is missing");
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? defaultPort : Number(url.port) };
}

/** What stands between the host and the question mark: the name that Sentinels use, and the database. */
function parsePath(url: URL): { readonly group: string | undefined; readonly database: string } {
  if (url.protocol === "unix:") return { group: undefined, database: "" };
  const path = url.pathname.replace(/^\//, "");
  if (!isSentinelScheme(url.protocol)) return { group: undefined, database: path };
  const [name = "", ...rest] = path.split("/");
  const group = decode(name, url.protocol);
  if (group === undefined) throw refuse(url.protocol, "the name that the Sentinels give to their servers is missing");
  return { group, database: rest.join("/") };
}

function parseDatabase(url: URL, inPath: string): number {
  const inQuery = wholeNumber(url.searchParams.get("db"), "db", url.protocol, 0);
  if (inPath === "") return inQuery ?? 0;
  if (!/^\d{1,9}$/.test(inPath)) {
    const what = `what follows the ${isSentinelScheme(url.protocol) ? "name" : "host"} is not a database's number`;
    throw refuse(url.protocol, what, `${formOf(url.protocol)}. ${ESCAPES}`);
  }
  if (inQuery !== undefined) {
    throw refuse(url.protocol, "it names the database twice", "Leave out one of /NUMBER and db=");
  }
  return Number(inPath);
}

function showWithoutPassword(found: Omit<RedisAddress, "shown">): string {
  const { endpoints, group, tls, user, database } = found;
  const prefix = `prefix=${encodeURIComponent(found.prefix)}`;
  const where = endpoints.map(endpointText).join(",");
  if ("path" in endpoints[0]) return `${where}?${database === 0 ? "" : `db=${database}&`}${prefix}`;
  const who = user === undefined ? "" : `${encodeURIComponent(user)}@`;
  const scheme = `${tls === undefined ? "redis" : "rediss"}${group === undefined ? "" : "+sentinel"}`;
  const name = group === undefined ? "" : `/${encodeURIComponent(group)}`;
  return `${scheme}://${who}${where}${name}/${database}?${prefix}`;
}

/** Whether the address names a Redis server, or Sentinels. */
export function isRedisAddress(address: string): boolean {
  return /^(rediss?(\+sentinel)?|unix):/i.test(address);
}

/** What a Redis address begins with, up to the end of the password; empty where there is none. */
export function credentialsOf(address: string): string {
  return /^rediss?(\+sentinel)?:\/\/[^/?#]*@/i.exec(address)?.[0] ?? "";
}

/** @throws {JugError} of kind "usage" for an address that cannot be understood; it shows no part that may be secret. */
export function parseRedisAddress(address: string): RedisAddress {
  const [first, ...others] = addressesIn(address);
  const url = parseUrl(first);
  checkUser(url);
  checkOptions(url);
  const { protocol, searchParams } = url;
  const isUnix = protocol === "unix:";
  const option = (name: string) => searchParams.get(name) ?? undefined;
  const { group, database } = parsePath(url);
  const found = {
    endpoints: [parseEndpoint(url), ...others.map((other) => parseEndpoint(parseUrl(other)))] as const,
    group,
    tls: protocol.startsWith("rediss") ? { ca: option("ca"), cert: option("cert"), key: option("key") } : undefined,
    user: isUnix ? option("user") : decode(url.username, protocol),
    password: isUnix ? option("password") : decode(url.password, protocol),
    sentinelLogin: { user: option("sentinel_user"), password: option("sentinel_password"), database: 0 },
    database: parseDatabase(url, database),
    prefix: parsePrefix(searchParams.get("prefix"), protocol),
    partBytes: wholeNumber(searchParams.get("part"), "part", protocol, 1) ?? DEFAULT_PART_BYTES,
    patienceMs: 1000 * (wholeNumber(searchParams.get("patience"), "patience", protocol, 0) ?? DEFAULT_PATIENCE_S),
  };
  return { ...found, shown: showWithoutPassword(found) };
}
