/**
 * How owners are looked at in a folder: by the heartbeat in the file of each, and on the same host by the flock on it.
 *
 * @module
 */
import type { Owner } from "../backend.ts";
import { ORPHAN_LEASE_MS } from "../form.ts";
import { createLiveness, type Sight, type Verdict } from "../liveness.ts";
import type { Jugdir } from "./jugdir.ts";
import { type Home, type LockFile, NOBODY } from "./lock_file.ts";
import { lookAtWorker } from "./worker_file.ts";

/** The host an observer looks from. */
export type Observer = Pick<Owner, "host" | "boot">;

/** One observer of the owners in a jugdir. */
export interface OwnerSights {
  /** Learns which host this is. */
  standAt(observer: Observer): void;
  /** Starts a new round of judgements; within one, every owner is looked at once. */
  newRound(): void;
  /** Judges the owner of what lies at `path`. */
  judge(lock: LockFile, path: string): Verdict;
  /**
   * Whether the process of an owner of this host is gone, so that what it left can be removed. `pending`: it seems so, and
   * will be known by half of its lease from now on.
   */
  fate(owner: string): "gone" | "pending" | "other";
}

/** How long a lock may stay empty between its creation and its token, in milliseconds; a claimant that took half of it looks again. */
export const EMPTY_MS = 1_000;

/** An observer without memories. */
export function createOwnerSights(jugdir: Jugdir, start: Observer | undefined): OwnerSights {
  const { layout, files, clock } = jugdir;
  const isLocal = () => jugdir.mount.kind === "local";
  const liveness = createLiveness({
    clock,
    // The server of a network file system may drop the locks of a host that was frozen; its processes lock their files anew
    // at their next renewal, a third of a lease later at the most.
    patienceMs: (leaseMs) => isLocal() ? 0 : leaseMs / 2,
    // Elsewhere it may have been frozen, and lock its file anew.
    isFinal: isLocal,
  });
  let isRefreshed = false;
  let observer = start;

  /** Whether an owner that lives there is a process of this host, so that its flock tells whether it lives. */
  function isHere(home: Home | undefined): boolean {
    if (observer === undefined || home === undefined || observer.host === undefined) return false;
    if (observer.host !== home.host) return false;
    if (observer.boot !== undefined && home.boot !== undefined) return observer.boot === home.boot;
    // Two hosts may have one name, and with some mount options a flock is known to its own host only.
    return isLocal();
  }

  /** `left`: what it left elsewhere, where its own file may be gone. */
  function look(owner: string, left?: { readonly lock: LockFile; readonly path: string }): Sight {
    // An owner's file may have been made anew, which looks like none to a host that remembers that there was none.
    if (!isRefreshed) jugdir.refresh(layout.workers);
    isRefreshed = true;
    const sight = lookAtWorker(files, layout.worker(owner), isHere);
    const home = sight?.home ?? left?.lock.home;
    const leaseMs = home?.leaseMs;
    if (sight !== undefined) {
      const flock = sight.flock === "free" && left !== undefined && !isHere(home) ? "unknown" : sight.flock;
      return { kind: "seen", place: `owner ${owner}`, stamp: sight.beat, isOwn: true, leaseMs, flock };
    }
    if (left === undefined) return { kind: "left" };
    const flock = isHere(home) ? "free" : "unknown";
    return { kind: "seen", place: left.path, stamp: left.lock.token, isOwn: false, leaseMs, flock };
  }

  return {
    standAt(where) {
      observer = where;
    },
    newRound() {
      liveness.newRound();
      isRefreshed = false;
    },
    judge(lock, path) {
      const { owner } = lock;
      if (owner === NOBODY) return "dead";
      if (owner !== undefined) return liveness.judge(owner, () => look(owner, { lock, path }));
      return liveness.quietMs(path, lock.token) >= (lock.empty ? EMPTY_MS : ORPHAN_LEASE_MS) ? "dead" : "unknown";
    },
    fate: (owner) => liveness.fate(owner, () => look(owner)),
  };
}
