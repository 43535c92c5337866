/**
 * Claims: which tasks are being run, and by whom. docs/file-backend.md explains the protocol.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { ClaimOutcome, LockEntry } from "../../backend.ts";
import { UNKNOWN_OWNER } from "../../validation.ts";
import type { ClaimState, Home, RunningClaim } from "./claim_state.ts";
import type { Heads, KnownState } from "./heads.ts";
import type { Jugdir } from "../jugdir.ts";
import type { OwnerLiveness, Trace } from "../owners/owner_liveness.ts";
import { partitionOf } from "./partition.ts";
import { segmentFileName, type SegmentName } from "../segments/segment_name.ts";
import type { SegmentWriter } from "../segments/segment_writer.ts";
import type { Segments } from "../segments/segments.ts";
import { claimToken, NOBODY, ownerOfSegment } from "../token.ts";

/** What claims depend on. */
export interface ClaimsParts {
  readonly jugdir: Jugdir;
  readonly heads: Heads;
  readonly segments: Segments;
  readonly liveness: OwnerLiveness;
}

/** The claims of a jugdir. */
export interface Claims {
  /**
   * Claims tasks with a segment. `isDone`: their results are there already. Then a task is taken from a living owner
   * that runs nothing else with the same segment: the owner would compute the result once more.
   */
  claim(hashes: readonly Hash[], writer: SegmentWriter, home: Home, isDone?: boolean): ClaimOutcome[];
  /** Lists the claims that are running. */
  list(): Generator<readonly LockEntry[]>;
  /** Ends claims, no matter whose they are, by closing the segments they were made with. Returns how many. */
  removeAll(hashes: readonly Hash[]): number;
  /** Closes the open segments of an owner that leaves. */
  closeAll(owner: string): void;
  /** Seizes the open segments of an owner that is dead. Returns how many. */
  seizeAll(owner: string): number;
  /**
   * Seizes open segments of owners that are not registered and seem dead. `isPending`: there are others, which may be
   * found dead later.
   */
  seizeOrphans(owners: ReadonlySet<string>): { readonly seized: number; readonly isPending: boolean };
}

/** What stands in the way of a claim. */
type Obstacle =
  | { readonly kind: "none"; readonly stolen: boolean }
  | { readonly kind: "finished" }
  | { readonly kind: "held"; readonly owner: string };

/** The answer if this host does not get to see the latest state. */
const NOT_SEEN: ClaimOutcome = { kind: "held", owner: UNKNOWN_OWNER };

/** The clients of file servers keep a listing for up to a minute. */
const ABSENT_MS = 120_000;
/** On a local file system, a listing is wrong only if a segment was renamed at that moment. */
const LOCAL_ABSENT_MS = 100;

/** How often the open segments of an owner are listed until all are closed. */
const CLOSING_ROUNDS = 8;

/** The resolution of a time in milliseconds since 1970 in a float of 64 bits is 1/4096 ms. */
const FINEST_MS = 1 / 1024;

/** How often a partition is read again because a listing was older than its state. */
const ATTEMPTS = 16;

/** Creates the claims of a jugdir. */
export function createClaims({ jugdir, heads, segments, liveness }: ClaimsParts): Claims {
  const { index } = segments;
  let lastSince = 0;

  /** Returns the time, in steps so fine that no two claims of this thread have the same. */
  function now(): number {
    lastSince = Math.max(jugdir.date(), lastSince + FINEST_MS);
    return lastSince;
  }

  /** Whether a claim on this task is still running. */
  function isRunning({ sequence }: RunningClaim, hash: Hash): boolean {
    return !index.isEnded(hash, sequence) && !index.has(hash);
  }

  /** How the segment of a claim was closed, which ends the claim; `undefined` if it is open or was never seen. */
  function voidness({ segment }: RunningClaim): "closed" | "seized" | undefined {
    const name = segments.find(segment);
    if (name === "merged") return "closed";
    return name === undefined || name.state === "open" ? undefined : name.state;
  }

  function traceOf({ segment, home }: RunningClaim): Trace {
    const name = segments.find(segment);
    return { home, place: segment, stamp: typeof name === "object" ? segmentFileName(name) : segment };
  }

  function traceOfSegment(name: SegmentName): Trace {
    return { home: undefined, place: name.segment, stamp: segmentFileName(name) };
  }

  /** Judges a claim: whether its segment is closed, or its owner dead. In the latter case, seizes the segment. */
  function judge(claim: RunningClaim, self: string): "closed" | "seized" | "alive" | "unknown" {
    if (segments.find(claim.segment) === undefined) segments.refresh();
    const end = voidness(claim);
    if (end !== undefined) return end;
    const owner = ownerOfSegment(claim.segment) ?? "";
    // After a stop of the process, its own heartbeat may look old.
    const verdict = owner === self ? "alive" : liveness.judge(owner, traceOf(claim));
    if (verdict !== "dead") return verdict;
    const name = segments.find(claim.segment);
    if (typeof name === "object") return seize(name) ? "seized" : "unknown";
    // A segment exists before it is used. If it is not seen, the listing is old, or it was lost in a power cut.
    return liveness.quietMs(`segment ${claim.segment}`, "absent") >= absentMs() ? "seized" : "unknown";
  }

  /** Seizes a segment. Returns false if its owner turns out to be alive. */
  function seize(name: SegmentName): boolean {
    if (segments.shut(name, "seize")) return true;
    segments.refresh();
    const later = segments.find(name.segment);
    return later === "merged" || later !== undefined && later.state !== "open";
  }

  /** Whether no other claim made with the same segment is running. */
  function isOnlyClaim({ segment }: RunningClaim, hash: Hash): boolean {
    for (const { claim, hash: other } of running()) {
      if (claim.segment === segment && other !== hash) return false;
    }
    return true;
  }

  function preempt({ segment }: RunningClaim): boolean {
    const name = segments.find(segment);
    return typeof name === "object" && seize(name);
  }

  function obstacle(
    hash: Hash,
    claims: readonly RunningClaim[] | undefined,
    self: string,
    mayPreempt: boolean,
  ): Obstacle {
    if (index.has(hash)) return { kind: "finished" };
    let stolen = false;
    for (const claim of claims ?? []) {
      if (!isRunning(claim, hash)) continue;
      const verdict = judge(claim, self);
      // Seizing a segment may have brought the result to light.
      if (index.has(hash)) return { kind: "finished" };
      if (verdict === "alive" || verdict === "unknown") {
        if (mayPreempt && isOnlyClaim(claim, hash) && preempt(claim)) {
          if (index.has(hash)) return { kind: "finished" };
          continue;
        }
        return { kind: "held", owner: ownerOfSegment(claim.segment) ?? "" };
      }
      stolen ||= verdict === "seized";
    }
    return { kind: "none", stolen };
  }

  /**
   * Whether this thread has seen at least as much of each segment as its bound says. If not, lists the segments again.
   * Of a segment that is closed, or that was lost in a crash, there is no more to see.
   */
  function reach(bounds: ReadonlyMap<string, number>): boolean {
    const isReached = ([segment, length]: readonly [string, number]): boolean => {
      const name = segments.find(segment);
      if (name === undefined) return liveness.quietMs(`segment ${segment}`, "absent") >= absentMs();
      if (name === "merged" || name.state !== "open" || segments.indexed(segment) >= length) return true;
      return liveness.judge(ownerOfSegment(segment) ?? "", traceOfSegment(name)) ===
          "dead" &&
        seize(name);
    };
    const missed = [...bounds].filter(([segment, length]) => segments.indexed(segment) < length);
    if (missed.length === 0 || missed.every(([segment]) => segments.find(segment) === "merged")) return true;
    segments.refresh();
    return missed.every(isReached);
  }

  /** How long a segment must be absent until it counts as lost, in milliseconds. */
  function absentMs(): number {
    return jugdir.mount.kind === "local" ? LOCAL_ABSENT_MS : ABSENT_MS;
  }

  /** Returns the claims that are still running, without the tasks that have ended, and the new bounds. */
  function prune({ claims, bounds }: ClaimState): { claims: RunningClaim[]; bounds: Map<string, number> } {
    const kept: RunningClaim[] = [];
    const newBounds = new Map<string, number>();
    const bound = (segment: string): void => {
      const now = segments.latest(segment);
      if (segments.find(now) !== undefined) newBounds.set(now, segments.indexed(now));
    };
    for (const segment of bounds.keys()) bound(segment);
    for (const claim of claims) {
      const hashes = voidness(claim) !== undefined ? [] : claim.hashes.filter((hash) => isRunning(claim, hash));
      if (hashes.length < claim.hashes.length) bound(claim.segment);
      if (hashes.length > 0) kept.push({ ...claim, hashes });
    }
    return { claims: kept, bounds: newBounds };
  }

  /** Removes claims that have ended from the state of a partition. */
  function tidyState(partition: number): void {
    for (let known = heads.read(partition);; known = heads.known(partition)) {
      reach(known.state.bounds);
      const pruned = prune(known.state);
      if (pruned.claims.length === known.state.claims.length || heads.replace(known, pruned, NOBODY)) return;
    }
  }

  /** Claims tasks of one partition. */
  function claimIn(partition: number, hashes: readonly Hash[], writer: SegmentWriter, home: Home, isDone: boolean) {
    const self = ownerOfSegment(writer.segment) ?? "";
    let known = heads.known(partition);
    let isFresh = false;
    for (let attempt = 0;; attempt++) {
      const isReached = reach(known.state.bounds);
      const obstacles = obstaclesOf(known, hashes, self, isDone && isFresh);
      const free = hashes.filter((hash) => obstacles.get(hash)?.kind === "none");
      // A claim may have ended since, and a result may have been removed.
      const isOld = !isFresh && free.length < hashes.length;
      if (!isReached || isOld) {
        if (attempt >= ATTEMPTS) return { obstacles, sequence: 0, isClaimed: false };
        known = heads.read(partition);
        segments.refresh();
        isFresh = true;
        continue;
      }
      if (free.length === 0) return { obstacles, sequence: 0, isClaimed: false };
      const sequence = known.head.sequence + 1;
      const { claims, bounds } = prune(known.state);
      claims.push({ segment: writer.segment, home, since: now(), sequence, hashes: free });
      if (heads.replace(known, { claims, bounds }, self)) {
        for (const hash of free) writer.addClaim(hash, sequence);
        return { obstacles, sequence, isClaimed: true };
      }
      known = heads.known(partition);
      segments.refresh();
      isFresh = true;
    }
  }

  function obstaclesOf(
    { state }: KnownState,
    hashes: readonly Hash[],
    self: string,
    mayPreempt: boolean,
  ): Map<Hash, Obstacle> {
    const byHash = new Map<Hash, RunningClaim[]>();
    for (const claim of state.claims) {
      for (const hash of claim.hashes) {
        const claims = byHash.get(hash);
        if (claims === undefined) byHash.set(hash, [claim]);
        else claims.push(claim);
      }
    }
    return new Map(hashes.map((hash) => [hash, obstacle(hash, byHash.get(hash), self, mayPreempt)]));
  }

  function openOf(owner: string): SegmentName[] {
    return segments.all().filter(({ segment, state }) => state === "open" && ownerOfSegment(segment) === owner);
  }

  function* running(): Generator<{ claim: RunningClaim; hash: Hash }> {
    for (const { state } of heads.readAll()) {
      reach(state.bounds);
      for (const claim of state.claims) {
        for (const hash of claim.hashes) if (isRunning(claim, hash)) yield { claim, hash };
      }
    }
  }

  return {
    claim(hashes, writer, home, isDone = false) {
      liveness.newRound();
      const byPartition = Map.groupBy(new Set(hashes), (hash) => partitionOf(hash, jugdir.partitions));
      const outcomes = new Map<Hash, ClaimOutcome>();
      for (const [partition, part] of byPartition) {
        const { obstacles, sequence, isClaimed } = claimIn(partition, part, writer, home, isDone);
        const token = claimToken({ segment: writer.segment, sequence });
        for (const hash of part) {
          const found = obstacles.get(hash);
          if (found === undefined) continue;
          if (found.kind !== "none") outcomes.set(hash, found);
          else if (isClaimed) outcomes.set(hash, { kind: "claimed", lock: { hash, token }, stolen: found.stolen });
          else outcomes.set(hash, NOT_SEEN);
        }
      }
      const answered = new Set<Hash>();
      return hashes.map((hash) => {
        const outcome = outcomes.get(hash) ?? NOT_SEEN;
        // A task that is named twice is claimed once.
        if (outcome.kind === "claimed" && answered.has(hash)) {
          return { kind: "held", owner: ownerOfSegment(writer.segment) ?? "" };
        }
        answered.add(hash);
        return outcome;
      });
    },
    *list() {
      liveness.newRound();
      segments.refresh();
      const entries: LockEntry[] = [];
      const counts = new Map<string, number>();
      for (const { claim, hash } of [...running()].toSorted((one, other) => one.claim.since - other.claim.since)) {
        const end = voidness(claim);
        if (end === "closed") continue;
        const owner = ownerOfSegment(claim.segment) ?? "";
        const state = end === "seized" ? "dead" : liveness.judge(owner, traceOf(claim));
        const order = counts.get(claim.segment) ?? 0;
        counts.set(claim.segment, order + 1);
        entries.push({ hash, token: claimToken(claim), owner, state, since: Math.floor(claim.since), order });
      }
      yield entries;
    },
    removeAll(hashes) {
      segments.refresh();
      const wanted = new Set(hashes);
      const removed = [...running()].filter(({ claim, hash }) => wanted.has(hash) && voidness(claim) !== "closed");
      for (const { claim } of removed) {
        const name = segments.find(claim.segment);
        if (typeof name === "object" && name.state === "open") seize(name);
      }
      for (const partition of new Set(removed.map(({ hash }) => partitionOf(hash, jugdir.partitions)))) {
        tidyState(partition);
      }
      return removed.length;
    },
    closeAll(owner) {
      // A thread that stores a result at this moment renames its segment between the listing and the closing.
      for (let round = 0; round < CLOSING_ROUNDS; round++) {
        segments.refresh();
        const open = openOf(owner);
        for (const name of open) segments.shut(name, "close", Math.floor(jugdir.date()));
        if (open.length === 0) return;
      }
    },
    seizeAll(owner) {
      segments.refresh();
      return openOf(owner).filter(seize).length;
    },
    seizeOrphans(owners) {
      segments.refresh();
      liveness.newRound();
      const orphans = segments.all().filter((name) => {
        const owner = ownerOfSegment(name.segment) ?? "";
        if (name.state !== "open" || owners.has(owner)) return false;
        return liveness.judge(owner, traceOfSegment(name)) === "dead";
      });
      const seized = orphans.filter(seize).length;
      const isOrphan = ({ segment, state }: SegmentName) =>
        state === "open" && !owners.has(ownerOfSegment(segment) ?? "");
      return { seized, isPending: segments.all().some(isOrphan) };
    },
  };
}
