/**
 * Parses the address of a Redis jugdir: `redis://[user:password@]host[:port][/db]`, `rediss://…`, `unix:/path`, or
 * `redis+sentinel://[user:password@]host[:port]/NAME[/db]`, each with options after a question mark. Instead of one
 * host there may be several, separated by commas.
 *
 * @module
 */
import { JugError } from "../../core/errors.ts";
import { type Endpoint, endpointText } from "./endpoint.ts";

/** Files for an encrypted connection. */
export interface TlsFiles {
  /** Certificates of authorities to trust in addition to the system's. */
  readonly ca: string | undefined;
  /** The certificate that identifies this client. */
  readonly cert: string | undefined;
  /** The key of that certificate. */
  readonly key: string | undefined;
}

/** How to log in to a server. */
export interface Login {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** The parts of an address. */
export interface RedisAddress extends Login {
  /** A server, nodes of one cluster, or Sentinels. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** The name that the Sentinels use for the servers they watch; `undefined`: the address names no Sentinels. */
  readonly group: string | undefined;
  /** How to log in to the Sentinels. */
  readonly sentinelLogin: Login;
  /** `undefined`: the connection is not encrypted. */
  readonly tls: TlsFiles | undefined;
  /** Distinguishes this jugdir from others on the same server. */
  readonly prefix: string;
  /** Larger results are stored in parts of this size. */
  readonly partBytes: number;
  /** How long an operation keeps trying while the server cannot be reached, in milliseconds. */
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

// The address may hold a password, so no message repeats a part of it that could not be parsed.
function refuse(scheme: string, what: string, remedy = formOf(scheme)): JugError {
  return new JugError("usage", `jugdir "${scheme}…": ${what}`, { remedy });
}

const ESCAPES = "Write / ? # and @ in a password as %2F %3F %23 %40";

function parseUrl(address: string): URL {
  const url = URL.parse(address);
  const scheme = address.slice(0, address.indexOf(":") + 1).toLowerCase();
  if (url !== null && address.includes("#")) throw refuse(scheme, "it contains a #", `${ESCAPES}. ${formOf(scheme)}`);
  if (url === null) throw refuse(scheme, "the address cannot be parsed", `${formOf(scheme)}. ${ESCAPES}`);
  return url;
}

/** Splits an address with several hosts into one address per host, because a URL has only one host. */
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
    throw refuse(scheme, "it contains a % that does not begin an escape", "Write a % itself as %25");
  }
}

function wholeNumber(text: string | null, name: string, scheme: string, least: number): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) < least) {
    throw refuse(scheme, `option ${name} must be a whole number, at least ${least}`);
  }
  return Number(text);
}

function checkOptions({ protocol, searchParams }: URL): void {
  const known = OPTIONS_OF[protocol] ?? [];
  for (const name of searchParams.keys()) {
    if (!known.includes(name)) {
      const remedy = `The options after the question mark are ${known.join(", ")}. ${ESCAPES}`;
      throw refuse(protocol, "it has an unknown option", remedy);
    }
    if (searchParams.getAll(name).length > 1) throw refuse(protocol, `it has the option ${name} twice`, "Give it once");
  }
  const cluster = searchParams.get("cluster");
  if (cluster !== null && cluster !== "1") {
    throw refuse(protocol, "option cluster must be 1", "Write cluster=1, or leave it out");
  }
}

/** Refuses a user without a password: it may be a password in the place of the user's name, and names are shown. */
function checkUser({ protocol, username, password }: URL): void {
  if (username === "" || password !== "") return;
  throw refuse(
    protocol,
    "the part before the @ is a user name without a password",
    [
      `Write ${protocol}//:PASSWORD@host for a password only, or`,
      `${protocol}//USER:PASSWORD@host for a user (with any password if the user needs none)`,
    ].join(" "),
  );
}

function parsePrefix(text: string | null, scheme: string): string {
  const prefix = text ?? "jug";
  // Braces could break the hash tag, so that the keys of one jugdir would be on different nodes of a cluster.
  if (prefix === "" || /[{}]/.test(prefix)) {
    throw refuse(scheme, "the prefix must not be empty, and must not contain { or }");
  }
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

/** Parses the part between the host and the question mark: the name that Sentinels use, and the database. */
function parsePath(url: URL): { readonly group: string | undefined; readonly database: string } {
  if (url.protocol === "unix:") return { group: undefined, database: "" };
  const path = url.pathname.replace(/^\//, "");
  if (!isSentinelScheme(url.protocol)) return { group: undefined, database: path };
  const [name = "", ...rest] = path.split("/");
  const group = decode(name, url.protocol);
  if (group === undefined) throw refuse(url.protocol, "the name under which the Sentinels know the servers is missing");
  return { group, database: rest.join("/") };
}

function parseDatabase(url: URL, inPath: string): number {
  const inQuery = wholeNumber(url.searchParams.get("db"), "db", url.protocol, 0);
  if (inPath === "") return inQuery ?? 0;
  if (!/^\d{1,9}$/.test(inPath)) {
    const what = `the part after the ${isSentinelScheme(url.protocol) ? "name" : "host"} is not a database number`;
    throw refuse(url.protocol, what, `${formOf(url.protocol)}. ${ESCAPES}`);
  }
  if (inQuery !== undefined) {
    throw refuse(url.protocol, "it names the database twice", "Leave out either /NUMBER or db=");
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

/** Whether the address names a Redis server or Sentinels. */
export function isRedisAddress(address: string): boolean {
  return /^(rediss?(\+sentinel)?|unix):/i.test(address);
}

/** Returns the beginning of a Redis address up to the end of the password; empty if there is none. */
export function credentialsOf(address: string): string {
  return /^rediss?(\+sentinel)?:\/\/[^/?#]*@/i.exec(address)?.[0] ?? "";
}

/**
 * Parses an address.
 *
 * @throws {JugError} of kind "usage", if the address is invalid; the message shows no part that may be secret
 */
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
