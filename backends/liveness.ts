/**
 * Decides which owners are dead. Clocks of two hosts are never compared. An owner is dead when an observer has seen its
 * heartbeat unchanged for a whole lease, measured on the observer's own clock. It is dead sooner if the flock that it
 * holds as long as it lives can be taken.
 *
 * Each backend defines how it observes an owner.
 *
 * @module
 */
import { ORPHAN_LEASE_MS } from "./validation.ts";

/** The judgement about an owner. */
export type Verdict = "alive" | "dead" | "unknown";

/** The state of an owner's flock. `free`: its process has ended. `unknown`: there is no flock, or it was not probed. */
export type Flock = "held" | "free" | "unknown";

/** What one observation of an owner showed. */
export type Sight =
  /** The owner left, or another process found it dead and removed its registration. */
  | { readonly kind: "left" }
  | {
    readonly kind: "seen";
    /** What was observed, and its state. A living owner changes the state with every heartbeat. */
    readonly place: string;
    readonly stamp: string;
    /** Whether this is the owner's own heartbeat, and not only something that bears its name, such as a lock. */
    readonly isOwn: boolean;
    /** `undefined`: unknown. */
    readonly leaseMs: number | undefined;
    readonly flock: Flock;
  };

/** Options of {@linkcode createLiveness}. */
export interface LivenessOptions {
  /** A monotonic clock in milliseconds, with an arbitrary zero. */
  readonly clock: () => number;
  /**
   * How long the heartbeat of an owner whose flock is free must be unchanged until the owner is dead, in milliseconds.
   * @default 0
   */
  readonly patienceMs?: (leaseMs: number) => number;
  /** Whether an owner that was found dead by its flock cannot come back. @default true */
  readonly isFinal?: () => boolean;
}

/** One observer, which remembers what it saw. */
export interface Liveness {
  /** Starts a new round of judgements. Within a round, every owner is observed once. */
  newRound(): void;
  /** Forgets how long heartbeats were unchanged. To be called after a time in which nobody could write. */
  forget(): void;
  judge(owner: string, look: () => Sight): Verdict;
  /**
   * Whether an owner's process has ended, so that what it left behind can be removed. `pending`: it seems so, but the
   * heartbeat has to stay unchanged for longer.
   */
  fate(owner: string, look: () => Sight): "gone" | "pending" | "other";
  /** Returns how long `stamp` has been seen at `place`, in milliseconds. */
  quietMs(place: string, stamp: string): number;
}

interface Memory {
  readonly stamp: string;
  readonly since: number;
  readonly moved: boolean;
}

/** Creates an observer that has seen nothing yet. */
export function createLiveness(
  { clock, patienceMs = () => 0, isFinal = () => true }: LivenessOptions,
): Liveness {
  const memories = new Map<string, Memory>();
  // Owner ids are never reused and a process does not come back, so an owner that is surely dead stays dead.
  const surelyDead = new Set<string>();
  const round = new Map<string, Verdict>();

  /** `before` is the time before the stamp was read, so that the time is not overestimated. */
  function quiet(place: string, stamp: string, before: number): { ms: number; moved: boolean } {
    const memory = memories.get(place);
    if (memory !== undefined && memory.stamp === stamp) return { ms: before - memory.since, moved: memory.moved };
    const moved = memory !== undefined;
    memories.set(place, { stamp, since: clock(), moved });
    return { ms: 0, moved };
  }

  function bury(owner: string, place: string): void {
    if (!isFinal()) return;
    surelyDead.add(owner);
    memories.delete(place);
  }

  function judgeSight(owner: string, sight: Sight, before: number): Verdict {
    if (sight.kind === "left") return "dead";
    const { place, stamp, isOwn, flock } = sight;
    const lease = sight.leaseMs ?? ORPHAN_LEASE_MS;
    const { ms, moved } = quiet(place, stamp, before);
    if (flock === "free" && ms >= patienceMs(lease)) {
      bury(owner, place);
      return "dead";
    }
    if (ms >= lease) return "dead";
    return isOwn && (moved || flock === "held") ? "alive" : "unknown";
  }

  return {
    newRound: () => round.clear(),
    forget: () => memories.clear(),
    judge(owner, look) {
      if (surelyDead.has(owner)) return "dead";
      const known = round.get(owner);
      if (known !== undefined) return known;
      const before = clock();
      const sight = look();
      const verdict = judgeSight(owner, sight, before);
      if (sight.kind === "left" || sight.isOwn || surelyDead.has(owner)) round.set(owner, verdict);
      return verdict;
    },
    fate(owner, look) {
      if (surelyDead.has(owner)) return "gone";
      const before = clock();
      const sight = look();
      if (sight.kind === "left" || !sight.isOwn || sight.flock !== "free") return "other";
      const { ms } = quiet(sight.place, sight.stamp, before);
      if (ms < patienceMs(sight.leaseMs ?? ORPHAN_LEASE_MS)) return "pending";
      bury(owner, sight.place);
      return "gone";
    },
    quietMs: (place, stamp) => quiet(place, stamp, clock()).ms,
  };
}
