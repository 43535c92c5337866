/**
 * How a backend is opened.
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
  /** Makes what is missing at once, so that what stands in its way shows early. @default false: the first write does */
  readonly create?: boolean;
  /** Refuses a place where nothing is, which else counts as an empty jugdir. @default false */
  readonly existing?: boolean;
  /** Which host this is, so that locks can be judged without joining or claiming. @default unknown */
  readonly observer?: Pick<Owner, "host" | "boot">;
}
