/**
 * What goes wrong between here and a Redis server, told to the user: what happened, where, and what to do.
 *
 * @module
 */
import { isJugError, JugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/missing_permission.ts";

/** The server refused a command. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";

  /** The first word of the answer: `WRONGTYPE`, `OOM`, `ERR`, … */
  get code(): string {
    // Up to Redis 6 what a script's command answered stands in the middle of the script's own error.
    return /\b(WRONGTYPE|OOM|READONLY|MISCONF|NOPERM)\b/.exec(this.message)?.[1] ?? this.message.split(" ", 1)[0] ?? "";
  }
}

/** Why a connection could not be made, or broke. */
export type LinkFault = "refused" | "unknown-host" | "permission" | "certificate" | "not-redis" | "silent" | "broken";

/** A connection could not be made, or broke. What was under way may have been done or not. */
export class LinkError extends Error {
  override readonly name = "LinkError";

  constructor(readonly fault: LinkFault, message: string) {
    super(message);
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

/** The fault behind whatever the client's library threw or emitted. */
export function linkError(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  if (!(error instanceof Error)) return new LinkError("broken", String(error));
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const { message } = error;
  if (error.name === "NotCapable") return new LinkError("permission", message);
  if (isCertificateFault(`${code} ${message}`)) return new LinkError("certificate", message);
  if (/^Unknown RESP type/.test(message)) return new LinkError("not-redis", message);
  // Of several addresses that one name has, each was tried in vain.
  if (error instanceof AggregateError && error.errors.length > 0) return linkError(error.errors[0]);
  if (error.constructor.name === "ConnectionTimeoutError") return new LinkError("silent", message);
  return new LinkError(FAULTS[code] ?? "broken", message);
}

/** What the fault is about, and what to do. */
type Explanation = readonly [what: string, remedy: string];

/** Who speaks TLS to a server that does not, or the other way round, hears no reason. */
function tlsHint(shown: string): string {
  if (shown.startsWith("redis:")) return "; a server that speaks TLS needs rediss://";
  return shown.startsWith("rediss:") ? "; a server without TLS needs redis://" : "";
}

function explainLink({ fault, message }: LinkError, shown: string): Explanation {
  switch (fault) {
    case "refused":
      return ["no server answers there", "Start redis-server, or check the address"];
    case "unknown-host":
      return ["no such host is known", "Check the host's name in the address"];
    case "permission":
      return ["a permission is missing", `Add the flag --allow-net: ${message}`];
    case "certificate":
      return [
        "no trusted connection could be made",
        "Name the authority's certificate with ?ca=FILE, and this client's own with &cert=FILE&key=FILE where it is asked",
      ];
    case "not-redis":
      return ["what answers there is not a Redis server", "Check host and port"];
    case "silent":
      return ["the server does not answer", `Check host and port${tlsHint(shown)}`];
    case "broken":
      return ["the connection broke", `Check that a Redis server runs there${tlsHint(shown)}`];
    default:
      return fault satisfies never;
  }
}

function explainReply({ code, message }: ReplyError): Explanation {
  switch (code) {
    case "WRONGPASS":
    case "NOAUTH":
      return ["the server does not accept the password", "Give redis://user:password@… as the server knows them"];
    case "NOPERM":
      return ["the user's rights do not suffice", "Let that user use the keys and channels jug:*, and scripts"];
    case "READONLY":
      return ["the server is a replica that may only be read", "Give the address of the primary server"];
    case "OOM":
      return [
        "the server's memory is full",
        "Free some (`jug cleanup`) or raise its maxmemory, and run again: nothing half-written was stored",
      ];
    case "MISCONF":
      return ["the server cannot write to its disk", "Free its disk, or see its log"];
    case "WRONGTYPE":
      return ["a key of this jugdir holds something that is not jug's", "Choose another prefix with ?prefix=…"];
    case "LOADING":
    case "CLUSTERDOWN":
    case "MASTERDOWN":
    case "BUSY":
      return ["the server is not ready", "Wait, or see its log"];
  }
  if (/^ERR AUTH|without any password/.test(message)) {
    return ["the server asks for no password", "Leave it out of the address"];
  }
  if (/DB index|SELECT is not allowed/.test(message)) {
    return [
      "there is no such database",
      "Use a smaller number (a server has 16 unless told otherwise, a cluster only 0)",
    ];
  }
  return ["the server refused", "See what it says; Redis 6.2 or later is needed"];
}

/** Turns whatever an operation threw into a `JugError` that names the jugdir, without its password, and the remedy. */
export function explain(error: unknown, shown: string): JugError {
  if (isJugError(error)) return error;
  const isReply = error instanceof ReplyError;
  const refusal = error instanceof Error ? missingPermission(error.message) : undefined;
  if (refusal !== undefined) return new JugError("backend", `jugdir "${shown}": ${refusal}`);
  const [what, remedy] = isReply ? explainReply(error) : explainLink(linkError(error), shown);
  const detail = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  return new JugError("backend", `jugdir "${shown}": ${what}: ${detail}`, { remedy });
}
