/**
 * The route to the server that has the keys of one jugdir: the server that the address names at this time, the node
 * that a cluster redirects to, or the primary that Sentinels name.
 *
 * @module
 */
import type { ReplyError } from "../errors.ts";
import type { Link } from "./link.ts";

/** The route to the server that has the keys. */
export interface Route {
  /**
   * Connects to where the keys should be.
   *
   * @throws {LinkError | ReplyError} if that server cannot be reached or refuses the login; {JugError} if the address
   * is wrong
   */
  open(): Promise<Link>;
  /**
   * Handles a reply that the keys are elsewhere, so that the next connection goes there. Returns `false` for other
   * replies.
   */
  follow(error: ReplyError): boolean;
  /** Makes the next connection go to another server, if there is one that may know more than the current one. */
  turn(): void;
  /**
   * Whether the address has led to a server. Then the address is right, and a server that is missing now may come back.
   */
  readonly isProven: boolean;
  /** Whether a server that accepts writes was ever found. */
  readonly hasMetPrimary: boolean;
  /** Another possible cause if no server is found any more, as a remedy. */
  readonly hint: string | undefined;
}
