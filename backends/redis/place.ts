/**
 * What every part of the Redis backend works with.
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
  /** A text that nobody else gets: letters, digits and `-`. */
  readonly unique: () => string;
}

/** How many items one script takes: the server does nothing else meanwhile, and 250 take it a millisecond. */
export const SCRIPT_ITEMS = 250;
