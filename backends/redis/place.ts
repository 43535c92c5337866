/**
 * What every part of the Redis backend depends on.
 *
 * @module
 */
import type { RedisAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

/** One jugdir on a server. */
export interface Place {
  readonly address: RedisAddress;
  readonly connection: Connection;
  readonly keys: Keys;
  /** Returns a unique text of letters, digits and `-`. */
  readonly unique: () => string;
}

/** How many items one script processes. This takes about a millisecond, in which the server does nothing else. */
export const SCRIPT_ITEMS = 250;
