/**
 * Whether a task has a result, in its own file or in a pack.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Jugdir } from "./jugdir.ts";
import type { Packs } from "./packs.ts";

/** Looks up which tasks have results. */
export interface Presence {
  /**
   * Whether there is a result, as far as this host has cached. Over a network, either answer may be up to a minute old.
   */
  isThere(hash: Hash): boolean;
  /** Whether there is a result now. Either answer comes from the server. */
  isThereNow(hash: Hash): boolean;
  /** Returns those of `hashes` that have a result now. Refreshes each folder once. */
  whichNow(hashes: readonly Hash[]): Set<Hash>;
}

/** Looks for results in the jugdir and in its packs. */
export function createPresence(jugdir: Jugdir, packs: Packs): Presence {
  const { layout, files } = jugdir;
  // `exists` returns false for any error. `stat` does not, but costs three times as much if there is no file. File
  // servers fail more often than disks.
  const isFile = (path: string) => jugdir.mount.kind === "local" ? files.exists(path) : files.stat(path) !== undefined;
  const isThere = (hash: Hash) => isFile(layout.result(hash)) || packs.has(hash);
  return {
    isThere,
    isThereNow(hash) {
      jugdir.refreshResults([hash]);
      return isThere(hash);
    },
    whichNow(hashes) {
      jugdir.refreshResults(hashes);
      return new Set(hashes.filter(isThere));
    },
  };
}
