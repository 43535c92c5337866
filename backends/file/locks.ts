/**
 * Claims tasks and releases them.
 *
 * A lock is a file that holds the token of the claim and that only one process can create: a hard link to the
 * claimant's token file or, if the file system has no hard links, a file created with O_EXCL. A task that has a result
 * needs no lock: a lock beside a result is a leftover.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { Change, Claimant, ClaimOutcome, Lock, LockEntry, Owner, ReleaseOutcome } from "../backend.ts";
import { ownerOf, UNKNOWN_OWNER } from "../validation.ts";
import type { ChangeLog } from "./changes.ts";
import type { Disposal, Disposals, Disposer, Judged } from "./lock_stealing.ts";
import { createText } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { hashesIn } from "./layout.ts";
import { EMPTY_MS, type OwnerLiveness } from "./owner_liveness.ts";
import { homeText, type LockFile, lockText, NOBODY, readLock, readToken, tokenOf } from "./lock_file.ts";
import type { Presence } from "./presence.ts";
import { type TokenFile, tokenFile } from "./token_file.ts";
import { batches } from "../../core/lists.ts";

/** The locks of one jugdir. */
export interface Locks {
  claim(hashes: readonly Hash[], claimant: Claimant): ClaimOutcome[];
  /** Releases locks of tasks that have no result. Returns which ones this process still held. */
  release(locks: readonly Lock[]): ReleaseOutcome[];
  /** Releases the lock of a task whose result has just been stored. */
  giveUpFinished(lock: Lock): void;
  list(): Generator<readonly LockEntry[]>;
  removeAll(hashes: readonly Hash[]): number;
  /** Releases every lock of `owner`, and removes the locks beside results that others left behind. */
  releaseOwned(owner: Owner): void;
}

/** What the locks depend on. */
export interface LockParts {
  readonly jugdir: Jugdir;
  readonly liveness: OwnerLiveness;
  readonly disposals: Disposals;
  readonly changes: ChangeLog;
  readonly presence: Presence;
}

/** How often a claim examines a lock that keeps changing. */
const MAX_LOOKS = 4;

const LIST_BATCH = 256;

/** Creates the locks of the jugdir. */
export function createLocks({ jugdir, liveness, disposals, changes, presence }: LockParts): Locks {
  const { layout, files, clock } = jugdir;
  /**
   * Until when a lock of this process need not be read before it is removed. A thief must have seen no heartbeat of
   * this process for a whole lease. So this process still holds the lock in the first half of a lease after the claim,
   * and a read is saved.
   */
  const trusted = new Map<Hash, { readonly token: string; readonly until: number }>();
  /**
   * Locks that this process could not release, because a thief had the right to them and was slow. Nobody else frees
   * them.
   */
  const kept = new Map<Hash, Lock>();
  const tokenFiles = new Map<string, TokenFile>();
  const homes = new Map<string, { text: string; leaseMs: number }>();

  function homeOf(owner: string): { text: string; leaseMs: number } {
    return homes.get(owner) ?? { text: homeText(undefined), leaseMs: Infinity };
  }

  function meet(owner: Owner): { text: string; leaseMs: number } {
    const known = homes.get(owner.id);
    if (known !== undefined) return known;
    const home = { text: homeText(owner), leaseMs: owner.leaseMs };
    homes.set(owner.id, home);
    liveness.standAt(owner);
    return home;
  }

  function disposer(owner: string, thread: string | number): Disposer {
    const home = homeOf(owner);
    return { owner, home: home.text, leaseMs: home.leaseMs, token: `${owner}.${thread}.${jugdir.nextCount()}` };
  }

  function tokensOf(claimant: Claimant, home: string): TokenFile {
    const key = `${claimant.owner.id}.${claimant.thread}`;
    const known = tokenFiles.get(key);
    if (known !== undefined) return known;
    const made = tokenFile(jugdir, claimant.owner.id, () => tokenOf(claimant, jugdir.nextCount()), home);
    tokenFiles.set(key, made);
    return made;
  }

  /** Creates a lock; returns its token, or `undefined` if the lock exists already. */
  function create(hash: Hash, claimant: Claimant, home: string): string | undefined {
    const path = layout.lock(hash);
    const tokens = tokensOf(claimant, home);
    return jugdir.withFolders(() => {
      const { outcome, token } = tokens.link(hash, path);
      switch (outcome) {
        case "linked":
          return token;
        case "exists":
          return undefined;
        case "unsupported":
          return createWritten(path, tokenOf(claimant, jugdir.nextCount()), home);
      }
    });
  }

  /** Creates a lock on a file system without hard links. */
  function createWritten(path: string, token: string, home: string): string | undefined {
    const start = clock();
    try {
      if (!createText(files, path, lockText(token, home))) return undefined;
    } catch (error) {
      // If the disk is full, an empty file is left behind.
      if (files.exists(path) && readLock(files, path)?.owner === undefined) files.remove(path);
      throw error;
    }
    // If this process was stopped between creating and writing, others may have judged the empty lock dead. Read it
    // again.
    return clock() - start < EMPTY_MS / 2 || readToken(files, path) === token ? token : undefined;
  }

  function claimOne(hash: Hash, claimant: Claimant, home: string): ClaimOutcome {
    const path = layout.lock(hash);
    const me = claimant.owner.id;
    let holder = NOBODY;
    for (let look = 0; look < MAX_LOOKS; look++) {
      const token = create(hash, claimant, home);
      if (token !== undefined) {
        if (isFinished(hash)) return { kind: "finished" };
        trusted.set(hash, { token, until: clock() + claimant.owner.leaseMs / 2 });
        return { kind: "claimed", lock: { hash, token }, stolen: false };
      }
      const lock = readLock(files, path);
      // Look for a result first, so that nobody waits for a lock that its holder is about to release. Only a current
      // result counts: a result that this host has cached, but that was invalidated elsewhere, would cost a living
      // owner its lock.
      if (presence.isThere(hash) && presence.isThereNow(hash)) {
        // Remove it under a marker: if the result is invalidated at this moment, the lock may be a new one.
        if (lock !== undefined && lock.owner !== me) {
          disposals.remove({ hash, token: lock.token }, disposer(me, claimant.thread));
        }
        return { kind: "finished" };
      }
      if (lock === undefined) continue;
      holder = lock.owner ?? UNKNOWN_OWNER;
      if (lock.owner === me || liveness.judge(lock, path) !== "dead") return { kind: "held", owner: holder };
      const outcome = steal({ hash, token: lock.token }, claimant);
      if (outcome !== undefined) return outcome;
    }
    return { kind: "held", owner: holder };
  }

  function steal(judged: Judged, claimant: Claimant): ClaimOutcome | undefined {
    const { hash } = judged;
    const by = disposer(claimant.owner.id, claimant.thread);
    switch (disposals.replace(judged, by)) {
      case "changed":
        return undefined;
      case "busy":
      case "late":
        return { kind: "held", owner: ownerOf(judged.token) ?? UNKNOWN_OWNER };
      case "done":
        if (isFinished(hash)) return { kind: "finished" };
        return { kind: "claimed", lock: { hash, token: by.token }, stolen: true };
    }
  }

  /**
   * Whether a task has a result, checked while this process holds its lock: nobody else can be about to finish it now.
   * If there is a result, or if the check fails, the lock is released.
   */
  function isFinished(hash: Hash): boolean {
    let isFree = false;
    try {
      // A folder that this host has cached as absent cannot be refreshed. Creating it asks the server.
      if (jugdir.mount.kind === "network") jugdir.prepareResult(hash);
      isFree = !presence.isThereNow(hash);
    } finally {
      if (!isFree) files.remove(layout.lock(hash));
    }
    return !isFree;
  }

  /**
   * Releases one lock. Returns whether this process held it. If a thief has the right to the lock, it counts as the
   * thief's.
   */
  function releaseOne({ hash, token }: Lock): boolean {
    const owner = ownerOf(token);
    trusted.delete(hash);
    // An owner that comes late usually notices it here, without a marker. The decisive check comes later, under the
    // marker.
    if (owner === undefined || readToken(files, layout.lock(hash)) !== token) return false;
    const thread = token.slice(owner.length + 1).split(".", 1)[0] ?? "0";
    let outcome: Disposal;
    // Repeat if late: as long as this process lives, nobody else takes the lock, so it would never be free.
    do outcome = disposals.remove({ hash, token }, disposer(owner, thread)); while (outcome === "late");
    if (outcome === "busy") kept.set(hash, { hash, token });
    return outcome === "done";
  }

  /**
   * Whether a lock beside a result is a leftover: its owner died between storing the result and releasing the lock.
   * Nobody claims a finished task, so nobody else would remove this lock. If its owner is known to be alive, the lock
   * is kept: the owner is still releasing it, or will do so when it leaves.
   */
  function isLeftover(lock: LockFile, hash: Hash): boolean {
    return presence.isThereNow(hash) && liveness.judge(lock, layout.lock(hash)) !== "alive";
  }

  function release(locks: readonly Lock[]): ReleaseOutcome[] {
    const released: Change[] = [];
    try {
      return locks.map((lock) => {
        if (!releaseOne(lock)) return "lost";
        released.push({ kind: "released", hash: lock.hash });
        return "released";
      });
    } finally {
      changes.append(released);
    }
  }

  function releaseKept(): void {
    const locks = [...kept.values()];
    kept.clear();
    release(locks);
  }

  return {
    claim(hashes, claimant) {
      const home = meet(claimant.owner).text;
      liveness.newRound();
      if (kept.size > 0) releaseKept();
      const outcomes: ClaimOutcome[] = [];
      try {
        for (const hash of hashes) outcomes.push(claimOne(hash, claimant, home));
      } catch (error) {
        // The caller does not learn about the tasks that were claimed before the error.
        release(outcomes.flatMap((outcome) => outcome.kind === "claimed" ? [outcome.lock] : []));
        throw error;
      }
      return outcomes;
    },
    release,
    giveUpFinished({ hash, token }) {
      const path = layout.lock(hash);
      const fresh = trusted.get(hash);
      trusted.delete(hash);
      if (fresh?.token !== token || clock() >= fresh.until) {
        jugdir.refresh(layout.locks);
        if (readToken(files, path) !== token) return;
      }
      files.remove(path);
    },
    *list() {
      liveness.newRound();
      for (const batch of batches(hashesIn(files, layout.locks), LIST_BATCH)) {
        const entries: LockEntry[] = [];
        const finished = presence.whichNow(batch);
        for (const hash of batch) {
          if (finished.has(hash)) continue;
          const path = layout.lock(hash);
          const lock = readLock(files, path);
          if (lock === undefined) continue;
          const state = liveness.judge(lock, path);
          entries.push({ hash, token: lock.token, owner: lock.owner ?? UNKNOWN_OWNER, state });
        }
        if (entries.length > 0) yield entries;
      }
    },
    removeAll(hashes) {
      jugdir.refresh(layout.locks);
      jugdir.showResults(hashes);
      const removed = hashes.filter((hash) => files.remove(layout.lock(hash)));
      if (hashes.length > 0) {
        const gone = new Set<string>(hashes);
        for (const name of files.names(layout.steals)) {
          if (gone.has(name.slice(0, 40))) files.remove(`${layout.steals}/${name}`);
        }
      }
      changes.append(removed.map((hash) => ({ kind: "released", hash })));
      return removed.length;
    },
    releaseOwned(owner) {
      meet(owner);
      liveness.newRound();
      const owned: Lock[] = [];
      for (const hash of hashesIn(files, layout.locks)) {
        const lock = readLock(files, layout.lock(hash));
        if (lock === undefined) continue;
        if (lock.owner === owner.id) owned.push({ hash, token: lock.token });
        else if (isLeftover(lock, hash)) disposals.remove({ hash, token: lock.token }, disposer(owner.id, 0));
      }
      release(owned);
    },
  };
}
