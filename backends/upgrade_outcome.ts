/**
 * What the conversion of a store of an older format can come to.
 *
 * @module
 */
import { JugError } from "../core/errors.ts";

/** What a conversion did. */
export type UpgradeOutcome =
  | {
    readonly kind: "converted";
    readonly results: number;
    readonly failures: number;
    /** Packs that could not be read; they are kept as `damaged-NAME`. The tasks whose results they held run again. */
    readonly damaged: readonly string[];
  }
  /** The store has the present format. */
  | { readonly kind: "up-to-date" }
  | { readonly kind: "absent" };

/**
 * Returns the error for a store that a process of the old version works on. The id of such an owner consists of host,
 * process id and a random number.
 */
export function inUseError(address: string, owner: string, hint = ""): JugError {
  const [, host, pid] = /^(.+)-(\d+)-[0-9a-z]+$/.exec(owner) ?? [];
  const where = host === undefined ? "" : ` (on ${host}, process ${pid})`;
  return new JugError("backend", `jugdir "${address}" is in use by ${owner}${where}`, {
    remedy: `Wait until it has ended, or end it; then convert the jugdir${hint}`,
  });
}
