/**
 * Who is dead. Two hosts' clocks are never compared: an owner is dead when its heartbeat counter was seen unchanged for a
 * whole lease on the observer's own clock, or sooner, on the same host, when the flock on its file can be taken.
 *
 * @module
 */
import type { Owner } from "../backend.ts";
import { ORPHAN_LEASE_MS } from "../form.ts";
import type { Jugdir } from "./jugdir.ts";
import { type Home, type LockFile, NOBODY } from "./lock_file.ts";
import { lookAtWorker, type WorkerSight } from "./worker_file.ts";

/** What can be said of the owner of a lock. */
export type Verdict = "alive" | "dead" | "unknown";

/** The host an observer looks from. */
export type Observer = Pick<Owner, "host" | "boot">;

/** The memory of one observer. */
export interface Liveness {
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

interface Memory {
  readonly stamp: string;
  readonly since: number;
  readonly moved: boolean;
}

/** An observer without memories. */
export function createLiveness(jugdir: Jugdir, start: Observer | undefined): Liveness {
  const { layout, files, clock } = jugdir;
  const memories = new Map<string, Memory>();
  // Owners are unique for ever and a process does not come back, so what is surely dead stays so.
  const surelyDead = new Set<string>();
  const round = new Map<string, Verdict>();
  let isRefreshed = false;
  let observer = start;

  /** For how long `stamp` was seen at `place`. `before` was read before the stamp was, so that no time counts twice. */
  function quiet(place: string, stamp: string, before: number): { ms: number; moved: boolean } {
    const memory = memories.get(place);
    if (memory !== undefined && memory.stamp === stamp) return { ms: before - memory.since, moved: memory.moved };
    const moved = memory !== undefined;
    memories.set(place, { stamp, since: clock(), moved });
    return { ms: 0, moved };
  }

  /** Whether an owner that lives there is a process of this host, so that its flock tells whether it lives. */
  function isHere(home: Home | undefined): boolean {
    if (observer === undefined || home === undefined || observer.host === undefined) return false;
    if (observer.host !== home.host) return false;
    if (observer.boot !== undefined && home.boot !== undefined) return observer.boot === home.boot;
    // Two hosts may have one name, and with some mount options a flock is known to its own host only.
    return jugdir.mount.kind === "local";
  }

  function look(owner: string): { sight: WorkerSight | undefined; before: number } {
    const before = clock();
    // An owner's file may have been made anew, which looks like none to a host that remembers that there was none.
    if (!isRefreshed) jugdir.refresh(layout.workers);
    isRefreshed = true;
    return { sight: lookAtWorker(files, layout.worker(owner), isHere), before };
  }

  /**
   * For how long the file of a process of this host has to lie there unlocked, and its heartbeat to be still. On a local
   * file system not at all. The server of a network file system may drop the locks of a host that was frozen; its processes
   * lock their files anew at their next renewal, a third of a lease later at the most.
   */
  function patience(lease: number): number {
    return jugdir.mount.kind === "local" ? 0 : lease / 2;
  }

  function bury(owner: string): void {
    // Elsewhere it may have been frozen, and lock its file anew.
    if (jugdir.mount.kind !== "local") return;
    surelyDead.add(owner);
    memories.delete(`owner ${owner}`);
  }

  function judgeOwner(owner: string, lock: LockFile, path: string): Verdict {
    const { sight, before } = look(owner);
    const home = sight?.home ?? lock.home;
    const lease = home?.leaseMs ?? ORPHAN_LEASE_MS;
    const isUnlocked = isHere(home) && (sight === undefined || sight.flock === "free");
    const { ms, moved } = sight === undefined
      ? quiet(path, lock.token, before)
      : quiet(`owner ${owner}`, sight.beat, before);
    if (isUnlocked && ms >= patience(lease)) {
      bury(owner);
      return "dead";
    }
    if (ms >= lease) return "dead";
    return sight !== undefined && (moved || sight.flock === "held") ? "alive" : "unknown";
  }

  return {
    standAt(where) {
      observer = where;
    },
    newRound() {
      round.clear();
      isRefreshed = false;
    },
    judge(lock, path) {
      const { owner } = lock;
      if (owner === undefined) {
        const { ms } = quiet(path, lock.token, clock());
        return ms >= (lock.empty ? EMPTY_MS : ORPHAN_LEASE_MS) ? "dead" : "unknown";
      }
      if (owner === NOBODY || surelyDead.has(owner)) return "dead";
      const known = round.get(owner);
      if (known !== undefined) return known;
      const verdict = judgeOwner(owner, lock, path);
      if (memories.has(`owner ${owner}`) || surelyDead.has(owner)) round.set(owner, verdict);
      return verdict;
    },
    fate(owner) {
      if (surelyDead.has(owner)) return "gone";
      const { sight, before } = look(owner);
      if (sight === undefined || sight.flock !== "free") return "other";
      const { ms } = quiet(`owner ${owner}`, sight.beat, before);
      if (ms < patience(sight.home?.leaseMs ?? ORPHAN_LEASE_MS)) return "pending";
      bury(owner);
      return "gone";
    },
  };
}
