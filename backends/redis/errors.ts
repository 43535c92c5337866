/**
 * Errors in the communication with a Redis server: whether they may pass, and how they are explained to the user (what
 * happened, where, and what to do). No other module decides this.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";

/**
 * Whether a retry may succeed: `never`; `here`, on the same connection; `anew`, on a new connection to where the
 * address leads by then, which may be another server.
 */
export type Passing = "never" | "here" | "anew";

/** The properties of an error. */
interface Kind {
  readonly passes: Passing;
  readonly what: string;
  readonly remedy: string;
}

const PASSWORD: Kind = {
  passes: "never",
  what: "the server does not accept the password",
  remedy: "Check user and password in redis://user:password@…; Sentinels have their own password (sentinel_password=)",
};

const NOT_READY = { what: "the server is not ready", remedy: "Wait, or check its log" };

/** Known error replies of a server, by their first word. Any other error is permanent. */
const REPLIES: Readonly<Record<string, Kind>> = {
  WRONGPASS: PASSWORD,
  NOAUTH: PASSWORD,
  NOPERM: {
    passes: "never",
    what: "the user lacks a permission",
    remedy: "Allow this user to use the keys and channels jug:*, and scripts",
  },
  OOM: {
    passes: "never",
    what: "the server's memory is full",
    remedy: "Free some memory (`jug cleanup`) or raise its maxmemory, and run again: no incomplete result was stored",
  },
  WRONGTYPE: {
    passes: "never",
    what: "a key of this jugdir has a value that jug did not write",
    remedy: "Choose another prefix with ?prefix=…",
  },
  // The server was the primary until another was promoted, or is a replica by mistake (see `connection.ts`).
  READONLY: {
    passes: "anew",
    what: "the server is a read-only replica",
    remedy: "Give the address of the primary server",
  },
  // NOREPLICAS and MISCONF may come from a primary that was cut off, and that another server has replaced by now.
  NOREPLICAS: {
    passes: "anew",
    what: "the server has too few replicas to accept writes",
    remedy: "Start its replicas, or lower its min-replicas-to-write",
  },
  MISCONF: {
    passes: "anew",
    what: "the server cannot write to its disk",
    remedy: "Free space on its disk, or check its log",
  },
  LOADING: { passes: "anew", ...NOT_READY },
  CLUSTERDOWN: { passes: "anew", ...NOT_READY },
  MASTERDOWN: { passes: "anew", ...NOT_READY },
  MOVED: {
    passes: "anew",
    what: "the cluster redirects from node to node",
    remedy: "Check how its nodes see each other: redis-cli cluster nodes",
  },
  ASK: { passes: "here", ...NOT_READY },
  TRYAGAIN: { passes: "here", ...NOT_READY },
  BUSY: { passes: "here", ...NOT_READY },
};

function kindOf(code: string): Kind | undefined {
  return Object.hasOwn(REPLIES, code) ? REPLIES[code] : undefined;
}

/** The server refused a command. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  /** The first word of the reply: `WRONGTYPE`, `OOM`, `ERR`, … */
  readonly code: string;

  constructor(message: string) {
    super(message);
    const [first = "", ...others] = message.match(/\b[A-Z]+\b/g) ?? [];
    // Up to Redis 6, the error of a command in a script is in the middle of the script's own error message.
    const inner = message.startsWith("ERR Error running script") ? others.find(kindOf) : undefined;
    this.code = inner ?? first;
  }

  get passes(): Passing {
    return kindOf(this.code)?.passes ?? "never";
  }
}

/** Why a connection could not be established, or broke. */
export type LinkFault =
  | "refused"
  | "unknown-host"
  | "permission"
  | "certificate"
  | "not-redis"
  | "silent"
  | "broken"
  /** the server that the Sentinels name cannot be reached, or is not a primary */
  | "no-primary";

const FAULT_PASSES: Readonly<Record<LinkFault, Passing>> = {
  permission: "never",
  certificate: "never",
  "not-redis": "never",
  refused: "anew",
  "unknown-host": "anew",
  silent: "anew",
  broken: "anew",
  "no-primary": "anew",
};

/** A connection could not be established, or broke. Commands that were sent may have been executed or not. */
export class LinkError extends Error {
  override readonly name = "LinkError";

  constructor(readonly fault: LinkFault, message: string) {
    super(message);
  }

  get passes(): Passing {
    return FAULT_PASSES[this.fault];
  }
}

const FAULTS: Readonly<Record<string, LinkFault>> = {
  ECONNREFUSED: "refused",
  ENOENT: "refused",
  ENOTFOUND: "unknown-host",
  EAI_AGAIN: "unknown-host",
};

function isCertificateFault(text: string): boolean {
  return /certificate|CERT_|_CERT|ERR_SSL|ERR_TLS|altnames/i.test(text);
}

/** Converts any error thrown or emitted by the client library to a {@linkcode LinkError}. */
export function linkError(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  if (!(error instanceof Error)) return new LinkError("broken", String(error));
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const { message } = error;
  if (error.name === "NotCapable") return new LinkError("permission", message);
  if (isCertificateFault(`${code} ${message}`)) return new LinkError("certificate", message);
  if (/^Unknown RESP type/.test(message)) return new LinkError("not-redis", message);
  // All addresses of a host name were tried in vain.
  if (error instanceof AggregateError && error.errors.length > 0) return linkError(error.errors[0]);
  if (error.constructor.name === "ConnectionTimeoutError") return new LinkError("silent", message);
  return new LinkError(FAULTS[code] ?? "broken", message);
}

/** Whether an error, thrown while connecting or returned by a server, may pass. */
export function passing(error: unknown): Passing {
  if (isJugError(error)) return "never";
  return error instanceof ReplyError ? error.passes : linkError(error).passes;
}

/** What happened, and what to do. */
type Explanation = Pick<Kind, "what" | "remedy">;

/** Returns a hint about TLS. If only one side uses TLS, the error message does not show the reason. */
function tlsHint(shown: string): string {
  const [, scheme, sentinel = ""] = /^(rediss?)(\+sentinel)?:/.exec(shown) ?? [];
  if (scheme === "redis") return `; a server with TLS needs rediss${sentinel}://`;
  return scheme === "rediss" ? `; a server without TLS needs redis${sentinel}://` : "";
}

function explainLink({ fault, message }: LinkError, shown: string): Explanation {
  switch (fault) {
    case "refused":
      return { what: "no server answers there", remedy: "Start redis-server, or check the address" };
    case "unknown-host":
      return { what: "the host is unknown", remedy: "Check the host's name in the address" };
    case "permission":
      return { what: "a permission is missing", remedy: `Add the flag --allow-net: ${message}` };
    case "certificate":
      return {
        what: "no trusted connection could be established",
        remedy:
          "Give the authority's certificate with ?ca=FILE, and the client's with &cert=FILE&key=FILE if the server requires one",
      };
    case "not-redis":
      return { what: "the server there is not a Redis server", remedy: "Check host and port" };
    case "silent":
      return { what: "the server does not answer", remedy: `Check host and port${tlsHint(shown)}` };
    case "broken":
      return { what: "the connection broke", remedy: `Check that a Redis server runs there${tlsHint(shown)}` };
    case "no-primary":
      return {
        what: "the Sentinels name no writable server",
        remedy: "Wait for the failover, or check the Sentinels: redis-cli -p 26379 sentinel masters",
      };
    default:
      return fault satisfies never;
  }
}

function explainReply({ code, message }: ReplyError): Explanation {
  const kind = kindOf(code);
  if (kind !== undefined) return kind;
  if (/^ERR AUTH|without any password/.test(message)) {
    return { what: "the server does not use a password", remedy: "Leave the password out of the address" };
  }
  if (/DB index|SELECT is not allowed/.test(message)) {
    return {
      what: "there is no such database",
      remedy: "Use a smaller number (by default, a server has the databases 0 to 15, a cluster only 0)",
    };
  }
  return { what: "the server refused the command", remedy: "See its message; jug needs Redis 6.2 or later" };
}

/**
 * Converts any error of an operation to a `JugError` that names the jugdir (without its password) and the remedy.
 * `hint` is added to the remedy.
 */
export function explain(error: unknown, shown: string, hint?: string): JugError {
  if (isJugError(error)) return error;
  const refusal = error instanceof Error ? missingPermission(error.message) : undefined;
  if (refusal !== undefined) return new JugError("backend", `jugdir "${shown}": ${refusal}`);
  const { what, remedy } = error instanceof ReplyError ? explainReply(error) : explainLink(linkError(error), shown);
  const detail = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  return new JugError("backend", `jugdir "${shown}": ${what}: ${detail}`, {
    remedy: hint === undefined ? remedy : `${remedy}. ${hint}`,
  });
}
