/**
 * Who is dead. Two hosts' clocks are never compared: an owner is dead when its heartbeat was seen unchanged for a whole lease
 * on the observer's own clock, or sooner, when the flock that it holds for life can be taken.
 *
 * How an owner is looked at is up to each backend.
 *
 * @module
 */
import { ORPHAN_LEASE_MS } from "./form.ts";

/** What can be said of an owner. */
export type Verdict = "alive" | "dead" | "unknown";

/** What a look at an owner's flock says. `free`: its process is gone. `unknown`: there is none, or it was not asked. */
export type Flock = "held" | "free" | "unknown";

/** What a look at an owner showed. */
export type Sight =
  /** It left, or somebody else has found it dead. */
  | { readonly kind: "left" }
  | {
    readonly kind: "seen";
    /** What was looked at, and how it looked: a living owner changes that with every heartbeat. */
    readonly place: string;
    readonly stamp: string;
    /** Whether it was the owner's own sign of life, and not only something that bears its name. */
    readonly isOwn: boolean;
    /** `undefined`: it said none. */
    readonly leaseMs: number | undefined;
    readonly flock: Flock;
  };

/** What an observer is made of. */
export interface LivenessOptions {
  /** Counts milliseconds; its zero means nothing. */
  readonly clock: () => number;
  /** For how long an owner whose flock is free has to be still, in milliseconds. @default 0 */
  readonly patienceMs?: (leaseMs: number) => number;
  /** Whether an owner that was found dead by its flock cannot come back. @default true */
  readonly isFinal?: () => boolean;
}

/** The memory of one observer. */
export interface Liveness {
  /** Starts a new round of judgements; within one, every owner is looked at once. */
  newRound(): void;
  /** Forgets how long heartbeats were seen to stand still: nobody could write meanwhile. */
  forget(): void;
  judge(owner: string, look: () => Sight): Verdict;
  /**
   * Whether an owner's process is gone, so that what it left can be removed. `pending`: it seems so, and will be known when
   * it was still for long enough.
   */
  fate(owner: string, look: () => Sight): "gone" | "pending" | "other";
  /** For how long `stamp` was seen at `place`, in milliseconds. */
  quietMs(place: string, stamp: string): number;
}

interface Memory {
  readonly stamp: string;
  readonly since: number;
  readonly moved: boolean;
}

/** An observer without memories. */
export function createLiveness(
  { clock, patienceMs = () => 0, isFinal = () => true }: LivenessOptions,
): Liveness {
  const memories = new Map<string, Memory>();
  // Owners are unique for ever and a process does not come back, so what is surely dead stays so.
  const surelyDead = new Set<string>();
  const round = new Map<string, Verdict>();

  /** `before` was read before the stamp was, so that no time counts twice. */
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
