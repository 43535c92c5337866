/**
 * Observes owners in a jugdir: by the heartbeat in each owner's file and, on the same host, by the flock on that file.
 *
 * @module
 */
import type { Owner } from "../../backend.ts";
import { createLiveness, type Sight, type Verdict } from "../../liveness.ts";
import type { Jugdir } from "../jugdir.ts";
import type { Home } from "../claims/claim_state.ts";
import { NOBODY } from "../token.ts";
import { lookAtWorker } from "./worker_file.ts";

/** The host of an observer. */
export type Observer = Pick<Owner, "host" | "boot">;

/** What an owner left in the jugdir, to judge it by if its own file is gone. */
export interface Trace {
  /** `undefined`: unknown. */
  readonly home: Home | undefined;
  /** What the owner left. */
  readonly place: string;
  /** Changes when the owner does something. */
  readonly stamp: string;
}

/** One observer of the owners in a jugdir. */
export interface OwnerLiveness {
  /** Sets the host that the observer runs on. */
  standAt(observer: Observer): void;
  /** Starts a new round of judgements. Within a round, every owner is observed once. */
  newRound(): void;
  /** Judges an owner. Without a `trace`, it is dead if it has no file. */
  judge(owner: string, trace?: Trace): Verdict;
  /**
   * Whether the process of an owner of this host has ended, so that what it left behind can be removed. `pending`: it
   * seems so, and will be certain half of its lease from now.
   */
  fate(owner: string): "gone" | "pending" | "other";
  /** Returns how long `stamp` has been seen at `place`, in milliseconds. */
  quietMs(place: string, stamp: string): number;
}

/** Creates an observer that has seen nothing yet. */
export function createOwnerLiveness(jugdir: Jugdir, start: Observer | undefined): OwnerLiveness {
  const { layout, files, clock } = jugdir;
  const isLocal = () => jugdir.mount.kind === "local";
  const liveness = createLiveness({
    clock,
    // The server of a network file system may drop the locks of a host that was frozen. The processes of that host lock
    // their files again at their next renewal, at most a third of a lease later.
    patienceMs: (leaseMs) => isLocal() ? 0 : leaseMs / 2,
    // On a network file system, the process may have been frozen, and lock its file again.
    isFinal: isLocal,
  });
  let isRefreshed = false;
  let observer = start;

  /** Whether an owner with that home is a process of this host, so that its flock shows whether it lives. */
  function isHere(home: Home | undefined): boolean {
    if (observer === undefined || home === undefined || observer.host === undefined) return false;
    if (observer.host !== home.host) return false;
    if (observer.boot !== undefined && home.boot !== undefined) return observer.boot === home.boot;
    // Two hosts may have the same name, and with some mount options only the host itself sees a flock.
    return isLocal();
  }

  /** Observes an owner. */
  function look(owner: string, trace?: Trace): Sight {
    // An owner's file may have been created again. A host that has cached its absence does not see it.
    if (!isRefreshed) jugdir.refresh(layout.workers);
    isRefreshed = true;
    const sight = lookAtWorker(files, layout.worker(owner), isHere);
    const home = sight?.home ?? trace?.home;
    const leaseMs = home?.leaseMs;
    if (sight !== undefined) {
      const flock = sight.flock === "free" && trace !== undefined && !isHere(home) ? "unknown" : sight.flock;
      return { kind: "seen", place: `owner ${owner}`, stamp: sight.beat, isOwn: true, leaseMs, flock };
    }
    if (trace === undefined) return { kind: "left" };
    const flock = isHere(home) ? "free" : "unknown";
    return { kind: "seen", place: `trace ${trace.place}`, stamp: trace.stamp, isOwn: false, leaseMs, flock };
  }

  return {
    standAt(where) {
      observer = where;
    },
    newRound() {
      liveness.newRound();
      isRefreshed = false;
    },
    judge: (owner, trace) => owner === NOBODY ? "dead" : liveness.judge(owner, () => look(owner, trace)),
    fate: (owner) => liveness.fate(owner, () => look(owner)),
    quietMs: liveness.quietMs,
  };
}
