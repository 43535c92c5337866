/**
 * The way to the server that has the keys of one jugdir: the one that the address names (by now), the node to which a
 * cluster sends, or the primary that Sentinels name.
 *
 * @module
 */
import type { ReplyError } from "./errors.ts";
import type { Link } from "./link.ts";

/** The way to the server that has the keys. */
export interface Route {
  /**
   * Connects to where the keys should be.
   *
   * @throws {LinkError | ReplyError} where that server does not let us; {JugError} where the address is wrong.
   */
  open(): Promise<Link>;
  /** Takes the answer that the keys are elsewhere, where the next connection then goes; `false` if it says nothing of the kind. */
  follow(error: ReplyError): boolean;
  /** The next connection goes to another server, if there is one that may know better than the present one. */
  turn(): void;
  /** Whether the address led somewhere, so that it is right, and what is missing now may come. */
  readonly isProven: boolean;
  /** Whether a server that takes writes was ever met. */
  readonly hasMetPrimary: boolean;
  /** What else may be to blame when no server is found any more, as a remedy. */
  readonly hint: string | undefined;
}
