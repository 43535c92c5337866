/**
 * Who is dead. Two hosts' clocks are never compared: an owner is dead when its heartbeat counter was seen unchanged for a
 * whole lease on the observer's own clock, or at once, on the same host, when the flock on its file can be taken.
 *
 * @module
 */
import type { Owner } from "../backend.ts";
import type { Jugdir } from "./jugdir.ts";
import { type Home, type LockFile, NOBODY } from "./lock_file.ts";
import { lookAtWorker } from "./worker_file.ts";

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
  /** Whether an owner of this host is dead beyond doubt: it will never wake. */
  isSurelyDead(owner: string): boolean;
}

/** The lease of whoever left none, in milliseconds. */
const ORPHAN_MS = 30_000;

/** How long a lock may stay empty between its creation and its token, in milliseconds; a claimant that took half of it looks again. */
export const EMPTY_MS = 1_000;

interface Memory {
  readonly stamp: string;
  readonly since: number;
  readonly moved: boolean;
}

function isSameHost(one: Observer | undefined, other: Home | undefined): boolean {
  if (one === undefined || other === undefined || one.host === undefined || one.host !== other.host) return false;
  return one.boot === undefined || other.boot === undefined || one.boot === other.boot;
}

/** An observer without memories. */
export function createLiveness(jugdir: Jugdir, start: Observer | undefined): Liveness {
  const { layout, clock } = jugdir;
  const memories = new Map<string, Memory>();
  // Owners are unique for ever and a process does not come back, so what is surely dead stays so.
  const surelyDead = new Set<string>();
  const round = new Map<string, Verdict>();
  let observer = start;

  /** For how long `stamp` was seen at `place`. `before` was read before the stamp was, so that no time counts twice. */
  function quiet(place: string, stamp: string, before: number): { ms: number; moved: boolean } {
    const memory = memories.get(place);
    if (memory !== undefined && memory.stamp === stamp) return { ms: before - memory.since, moved: memory.moved };
    const moved = memory !== undefined;
    memories.set(place, { stamp, since: clock(), moved });
    return { ms: 0, moved };
  }

  function judgeOwner(owner: string, lock: LockFile, path: string): Verdict {
    const before = clock();
    const sight = lookAtWorker(layout.worker(owner));
    const home = sight?.home ?? lock.home;
    if (isSameHost(observer, home) && (sight === undefined || sight.flock === "free")) {
      surelyDead.add(owner);
      memories.delete(`owner ${owner}`);
      return "dead";
    }
    const lease = home?.leaseMs ?? ORPHAN_MS;
    if (sight === undefined) return quiet(path, lock.token, before).ms >= lease ? "dead" : "unknown";
    const { ms, moved } = quiet(`owner ${owner}`, sight.beat, before);
    if (ms >= lease) return "dead";
    return moved || sight.flock === "held" ? "alive" : "unknown";
  }

  return {
    standAt(where) {
      observer = where;
    },
    newRound() {
      round.clear();
    },
    judge(lock, path) {
      const { owner } = lock;
      if (owner === undefined) {
        const { ms } = quiet(path, lock.token, clock());
        return ms >= (lock.empty ? EMPTY_MS : ORPHAN_MS) ? "dead" : "unknown";
      }
      if (owner === NOBODY || surelyDead.has(owner)) return "dead";
      const known = round.get(owner);
      if (known !== undefined) return known;
      const verdict = judgeOwner(owner, lock, path);
      if (memories.has(`owner ${owner}`) || surelyDead.has(owner)) round.set(owner, verdict);
      return verdict;
    },
    isSurelyDead(owner) {
      if (surelyDead.has(owner)) return true;
      const sight = lookAtWorker(layout.worker(owner));
      const isDead = sight !== undefined && sight.flock === "free" && isSameHost(observer, sight.home);
      if (isDead) surelyDead.add(owner);
      return isDead;
    },
  };
}
