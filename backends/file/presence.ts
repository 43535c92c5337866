/**
 * Whether a task has a result, in a file of its own or in a pack.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Jugdir } from "./jugdir.ts";
import type { Packs } from "./packs.ts";

/** Where results are looked for. */
export interface Presence {
  /** As this host remembers: over a network the answer, either of them, may be a minute old. */
  isThere(hash: Hash): boolean;
  /** As it is now. Both answers rest on the server's word. */
  isThereNow(hash: Hash): boolean;
  /** Those of `hashes` that have a result now: one look at each folder. */
  whichNow(hashes: readonly Hash[]): Set<Hash>;
}

/** Looks for results in the jugdir and in its packs. */
export function createPresence(jugdir: Jugdir, packs: Packs): Presence {
  const { layout, files } = jugdir;
  // `exists` calls it absence whatever goes wrong. `stat` does not, and costs three times as much where there is nothing; a
  // server of files fails more often than a disk.
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
