/**
 * Removes what dead processes left behind: their files in tmp/ and in workers/, and states that no head names.
 * Seizes their segments, and merges segments if there are many. docs/file-backend.md explains who counts as dead here,
 * and why this does not harm living processes.
 *
 * @module
 */
import { isHash } from "../../../core/brand.ts";
import { isOwnerId, ORPHAN_LEASE_MS } from "../../validation.ts";
import { createStillness, STILL_LEASES, type Stillness } from "../../stillness.ts";
import type { Claims } from "../claims/claims.ts";
import { isDiskFull } from "../errors.ts";
import type { Jugdir } from "../jugdir.ts";
import type { Heads } from "../claims/heads.ts";
import type { Merging } from "../segments/merging.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import type { Segments } from "../segments/segments.ts";
import { NOBODY, ownerOfSegment, parseClaimToken } from "../token.ts";
import { lookAtWorker } from "./worker_file.ts";

/** What tidying depends on. */
export interface TidyingParts {
  readonly jugdir: Jugdir;
  readonly liveness: OwnerLiveness;
  readonly claims: Claims;
  readonly heads: Heads;
  readonly segments: Segments;
  readonly merging: Merging;
  /** Registers this process as an owner, if it is not registered yet, and returns the owner's id. */
  readonly register: () => string;
}

/** The outcome of one look. */
export interface Tidied {
  /** How many files were removed. */
  readonly removed: number;
  /** Whether another look soon after this one may find more. */
  readonly isPending: boolean;
}

/** Tidying, which remembers what it saw. */
export interface Tidying {
  /** Removes the states of an owner that leaves, as far as no head names them. */
  removeStates(owner: string): void;
  /** Looks once, and removes what is known to belong to nobody any more. */
  look(): Tidied;
  /** Does the same, and looks again a second later if that may find more. Returns how many files were removed. */
  tidy(): Promise<number>;
}

/** Longer than the flock of a process that has just ended may seem held, in milliseconds. */
const AGAIN_MS = 1_001;

const LARGE_NAME = /^([0-9a-f]{40})\.(.+)$/;
const TEMPORARY = /^([A-Za-z0-9-]{1,72})\.[0-9A-Za-z]+-[0-9a-z]+$/;

/** Removes the files of these owners in tmp/. Returns how many were removed. */
export function removeTemporary({ files, layout }: Jugdir, owners: ReadonlySet<string>): number {
  if (owners.size === 0) return 0;
  const names = files.names(layout.tmp).filter((name) => owners.has(name.split(".", 1)[0] ?? ""));
  return names.filter((name) => files.remove(`${layout.tmp}/${name}`)).length;
}

/** Creates a tidying that has seen nothing yet. */
export function createTidying({ jugdir, liveness, claims, heads, segments, merging, register }: TidyingParts): Tidying {
  const { files, layout, clock } = jugdir;
  const stillness = createStillness(clock);

  /** Whether the process of an owner, on any host, gave no sign of life for ten leases. */
  function stoodStill(owner: string): boolean {
    const before = clock();
    const sight = lookAtWorker(files, layout.worker(owner), () => jugdir.mount.kind === "local");
    // A file that is not a worker file was not created by jug.
    if (sight?.home === undefined || sight.flock === "held") return false;
    return stillness.quietMs(`owner ${owner}`, sight.beat, before) >= STILL_LEASES * sight.home.leaseMs;
  }

  function removeDead(): { owners: ReadonlySet<string>; isPending: boolean; removed: number } {
    liveness.newRound();
    const owners = files.names(layout.workers).filter(isOwnerId);
    const fates = owners.map(liveness.fate);
    const dead = new Set(owners.filter((owner, index) => fates[index] === "gone" || stoodStill(owner)));
    const drafts = removeTemporary(jugdir, dead) + removeStates(dead);
    for (const owner of dead) claims.seizeAll(owner);
    // Remove the owner's file last. Without it, the owner's leftovers could not be distinguished from files of a living
    // process.
    for (const owner of dead) files.remove(layout.worker(owner));
    return { owners: new Set(owners), isPending: fates.includes("pending"), removed: drafts + dead.size };
  }

  /**
   * Removes states that no head names, and whose owners are dead or have left. Over a network, a request to rename a
   * head may be carried out after its process has died, so such a state is kept for some minutes.
   */
  function removeStates(dead: ReadonlySet<string>): number {
    // In this order: an owner is registered before it writes a state, and a state is written before its head is renamed.
    const names = files.names(layout.states);
    const owners = new Set(files.names(layout.workers));
    const current = new Set(heads.readAll().map(({ head }) => head.stateName));
    let removed = 0;
    for (const name of names) {
      const owner = TEMPORARY.exec(name)?.[1];
      if (owner === undefined || current.has(name)) continue;
      const isGone = owner !== NOBODY && (dead.has(owner) || !owners.has(owner)) && jugdir.mount.kind === "local";
      const quietMs = stillness.quietMs(`state ${name}`, "", clock());
      if ((isGone || quietMs >= STILL_LEASES * ORPHAN_LEASE_MS) && files.remove(`${layout.states}/${name}`)) removed++;
    }
    return removed;
  }

  /**
   * Removes large results that no segment names: their processes died before they counted. Over a network, a listing of
   * the segments may be old, so such a file is kept for some minutes.
   */
  function removeLarge(owners: ReadonlySet<string>): number {
    let removed = 0;
    for (const name of files.names(layout.results)) {
      const [, hash = "", token = ""] = LARGE_NAME.exec(name) ?? [];
      const claim = parseClaimToken(token);
      if (!isHash(hash) || claim === undefined || owners.has(ownerOfSegment(claim.segment) ?? "")) continue;
      const place = segments.index.result(hash);
      if (place?.hasOwnFile === true && place.origin === claim.segment && place.sequence === claim.sequence) continue;
      const quietMs = stillness.quietMs(`result ${name}`, "", clock());
      const isOld = jugdir.mount.kind === "local" || quietMs >= STILL_LEASES * ORPHAN_LEASE_MS;
      if (isOld && files.remove(`${layout.results}/${name}`)) removed++;
    }
    return removed;
  }

  /** Merges segments if there are many. There need not be room for that. */
  function mergeIfPossible(): void {
    try {
      merging.merge(register);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  function look(): Tidied {
    stillness.newLook();
    const { owners, isPending, removed } = removeDead();
    const orphans = removeOrphans(jugdir, stillness, owners);
    const found = claims.seizeOrphans(owners);
    const large = removeLarge(owners);
    mergeIfPossible();
    return { removed: removed + orphans.removed + found.seized + large, isPending: isPending || found.isPending };
  }

  return {
    removeStates(owner) {
      const names = files.names(layout.states).filter((name) => TEMPORARY.exec(name)?.[1] === owner);
      if (names.length === 0) return;
      const current = new Set(heads.readAll().map(({ head }) => head.stateName));
      for (const name of names) if (!current.has(name)) files.remove(`${layout.states}/${name}`);
    },
    look,
    async tidy() {
      const { removed, isPending } = look();
      if (!isPending) return removed;
      await new Promise<void>((resolve) => void jugdir.timer(resolve, AGAIN_MS));
      return removed + look().removed;
    },
  };
}

/** Removes files in tmp/ whose owner is not registered when they were seen unchanged for 300 s (ten leases of 30 s). */
function removeOrphans(
  jugdir: Jugdir,
  stillness: Stillness,
  owners: ReadonlySet<string>,
): { readonly removed: number } {
  const { files, layout, clock } = jugdir;
  let removed = 0;
  for (const name of files.names(layout.tmp)) {
    const owner = TEMPORARY.exec(name)?.[1];
    if (owner === undefined || owners.has(owner)) continue;
    const path = `${layout.tmp}/${name}`;
    const before = clock();
    const stat = files.stat(path);
    const quietMs = stillness.quietMs(`file ${name}`, `${stat?.size} ${stat?.mtime} ${stat?.ino}`, before);
    if (stat === undefined || quietMs < STILL_LEASES * ORPHAN_LEASE_MS) continue;
    // A process may have been killed while it made the folder of heads.
    if (stat.isDirectory) { for (const head of files.names(path)) files.remove(`${path}/${head}`); }
    if (files.remove(path)) removed++;
  }
  return { removed };
}
