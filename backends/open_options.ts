/**
 * Options for opening a backend.
 *
 * @module
 */
import type { Owner } from "./backend.ts";

/**
 * Options of {@linkcode openBackend}.
 *
 * @category Backends
 */
export interface OpenOptions {
  /** Creates what is missing immediately, so that problems show early. @default false: the first write creates it */
  readonly create?: boolean;
  /** Refuses an address where nothing exists. Otherwise that counts as an empty jugdir. @default false */
  readonly existing?: boolean;
  /** The host that this process runs on, for judging locks without joining or claiming. @default unknown */
  readonly observer?: Pick<Owner, "host" | "boot">;
  /**
   * Waits until results are on the disk before they count, so that a power cut loses none. A folder and SQLite can do
   * that; a Redis server does it if it is configured so. @default false
   */
  readonly durable?: boolean;
}
