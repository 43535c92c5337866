/**
 * Detects what other processes did by noticing that their locks are gone. Over a network, the log of changes reports
 * late or never: a line reaches the server only when the writer's host sends it, and two hosts may write at the same
 * position.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Change } from "../backend.ts";
import { ownerOf } from "../validation.ts";
import type { Jugdir } from "./jugdir.ts";
import { hashesIn } from "./layout.ts";
import { readToken } from "./lock_file.ts";
import type { Presence } from "./presence.ts";

/** A watch on the folder of locks. */
export interface LockWatch {
  /**
   * Returns what happened to the tasks whose locks existed at the last look and are gone now. On a local file system it
   * is empty, because the log reports everything.
   */
  look(): Change[];
}

/**
 * The time between two looks, in milliseconds. Each costs a request to the server, and a listing if locks were created
 * or removed.
 */
const LOOK_MS = 200;

/** Watches the locks of a jugdir that lies on a network file system. */
export function watchLocks(jugdir: Jugdir, presence: Presence): LockWatch {
  const { files, layout, clock } = jugdir;
  let known = new Set<Hash>();
  let lookedAt = -Infinity;

  /** Whether a task that has no result failed in this run: the owner named in its failure is still registered. */
  function hasFailed(hash: Hash): boolean {
    const owner = ownerOf(readToken(files, layout.failure(hash)) ?? "");
    return owner !== undefined && files.exists(layout.worker(owner));
  }

  return {
    look() {
      if (jugdir.mount.kind === "local" || clock() - lookedAt < LOOK_MS) return [];
      lookedAt = clock();
      const present = new Set(hashesIn(files, layout.locks));
      const gone = [...known.difference(present)];
      known = present;
      if (gone.length === 0) return [];
      const finished = presence.whichNow(gone);
      jugdir.refresh(layout.failures);
      jugdir.refresh(layout.workers);
      return gone.map((hash) => {
        if (finished.has(hash)) return { kind: "finished", hash };
        return { kind: hasFailed(hash) ? "failed" : "released", hash };
      });
    },
  };
}
