/**
 * Removes what dead processes left behind: their files in tmp/ and in workers/, markers of locks that are gone, and a
 * log of changes that has grown long. docs/file-backend.md explains who counts as dead here, and why this does not harm
 * living processes.
 *
 * @module
 */
import { isHash } from "../../core/brand.ts";
import { isOwnerId, ORPHAN_LEASE_MS } from "../validation.ts";
import { createStillness, STILL_LEASES, type Stillness } from "../stillness.ts";
import type { ChangeLog } from "./changes.ts";
import { parseMarker } from "./lock_stealing.ts";
import { isStale } from "./errors.ts";
import type { Jugdir } from "./jugdir.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import { NOBODY, readLock } from "./lock_file.ts";
import { type OpenFile, openIfThere, probeLock } from "./system/file_system.ts";
import { lookAtWorker } from "./worker_file.ts";

/** What tidying depends on. */
export interface TidyingParts {
  readonly jugdir: Jugdir;
  readonly liveness: OwnerLiveness;
  readonly changes: ChangeLog;
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
  /** Looks once, and removes what is known to belong to nobody any more. */
  look(): Tidied;
  /** Does the same, and looks again a second later if that may find more. Returns how many files were removed. */
  tidy(): Promise<number>;
}

/**
 * How long a guest's file must be there unlocked until it is removed, in milliseconds. A living guest locks its file
 * right after creating it.
 */
const GUEST_MS = 1_000;

const TEMPORARY = /^([A-Za-z0-9-]{1,72})\.[0-9A-Za-z]+-[0-9a-z]+$/;

/** Removes the files of these owners in tmp/. Returns how many were removed. */
export function removeTemporary({ files, layout }: Jugdir, owners: ReadonlySet<string>): number {
  if (owners.size === 0) return 0;
  const names = files.names(layout.tmp).filter((name) => owners.has(name.split(".", 1)[0] ?? ""));
  return names.filter((name) => files.remove(`${layout.tmp}/${name}`)).length;
}

/** Creates a tidying that has seen nothing yet. */
export function createTidying({ jugdir, liveness, changes }: TidyingParts): Tidying {
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
    const drafts = removeTemporary(jugdir, dead);
    // Remove the owner's file last. Without it, the owner's leftovers could not be distinguished from files of a living
    // process.
    for (const owner of dead) files.remove(layout.worker(owner));
    return { owners: new Set(owners), isPending: fates.includes("pending"), removed: drafts + dead.size };
  }

  /** Removes markers of locks that are gone. Tokens are never reused, so these markers mean nothing any more. */
  function removeMarkers(): number {
    const markers = files.names(layout.steals);
    // Refresh after the listing: then each lock is read as it was when its marker was created, or later. Otherwise the
    // marker of a living thief could be removed.
    if (markers.length > 0) jugdir.refresh(layout.locks);
    let removed = 0;
    for (const name of markers) {
      const marker = parseMarker(name);
      if (marker === undefined || !isHash(marker.hash)) continue;
      const path = `${layout.steals}/${name}`;
      if (readLock(files, layout.lock(marker.hash))?.token === marker.token) {
        // Its holder is at work, or has died. Observe it: this process may succeed it when it leaves, but only if it
        // has seen it stand still for a whole lease.
        const holder = readLock(files, path);
        if (holder !== undefined) liveness.judge(holder, path);
        continue;
      }
      if (files.stat(path)?.isDirectory === false && files.remove(path)) removed++;
    }
    return removed;
  }

  function look(): Tidied {
    stillness.newLook();
    const { owners, isPending, removed } = removeDead();
    const orphans = removeOrphans(jugdir, stillness, owners);
    const markers = removeMarkers();
    changes.shorten();
    return { removed: removed + orphans.removed + markers, isPending: isPending || orphans.isPending };
  }

  return {
    look,
    async tidy() {
      const { removed, isPending } = look();
      if (!isPending) return removed;
      await new Promise<void>((resolve) => void jugdir.timer(resolve, GUEST_MS + 1));
      return removed + look().removed;
    },
  };
}

/** Returns the size of a file, `undefined` if it was removed on the server since it was opened. */
function sizeUnlessGone(file: OpenFile): number | undefined {
  try {
    return file.size();
  } catch (error) {
    if (isStale(error)) return undefined;
    throw error;
  }
}

/**
 * Removes files in tmp/ whose owner is not registered. Guests of this host hold a flock on their files. So where flocks
 * are reliable, these files are removed soon; others are removed when they were seen unchanged for 300 s (ten leases of
 * 30 s).
 */
function removeOrphans(jugdir: Jugdir, stillness: Stillness, owners: ReadonlySet<string>): Tidied {
  const { files, layout, clock } = jugdir;
  let removed = 0;
  let isPending = false;
  for (const name of files.names(layout.tmp)) {
    const owner = TEMPORARY.exec(name)?.[1];
    if (owner === undefined || owners.has(owner)) continue;
    const path = `${layout.tmp}/${name}`;
    const isGuest = owner === jugdir.guest && owner !== NOBODY && jugdir.mount.kind === "local";
    const before = clock();
    // Open the file: over a network, only that gives a size that is not cached.
    using file = files.stat(path)?.isDirectory === false ? openIfThere(files, path) : undefined;
    if (file === undefined || (isGuest && probeLock(file) === "held")) continue;
    const size = sizeUnlessGone(file);
    if (size === undefined) continue;
    const stat = files.stat(path);
    const quietMs = stillness.quietMs(`file ${name}`, `${size} ${stat?.mtime} ${stat?.ino}`, before);
    const isDead = quietMs >= (isGuest ? GUEST_MS : STILL_LEASES * ORPHAN_LEASE_MS);
    if (isDead && files.remove(path)) removed++;
    isPending ||= isGuest && !isDead;
  }
  return { removed, isPending };
}
