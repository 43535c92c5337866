/**
 * A process's registration: its file under workers/, the flock and the heartbeat in it, and tidying up after others.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { isHash } from "../../core/brand.ts";
import type { Membership, Owner } from "../backend.ts";
import type { ChangeLog } from "./changes.ts";
import { parseMarker } from "./disposal.ts";
import { attempt, isDiskFull } from "./errors.ts";
import { removeIfThere } from "./files.ts";
import type { Jugdir } from "./jugdir.ts";
import { namesIn } from "./layout.ts";
import type { Liveness } from "./liveness.ts";
import type { Locks } from "./locks.ts";
import { readLock } from "./lock_file.ts";
import { beatText, workerText } from "./worker_file.ts";

/** What a membership works with. */
export interface MembershipParts {
  readonly jugdir: Jugdir;
  readonly liveness: Liveness;
  readonly locks: Locks;
  readonly changes: ChangeLog;
}

/** Makes the owner's file and locks it, before anybody can see it: a file that is there unlocked means a dead owner. */
function publish(jugdir: Jugdir, owner: Owner, beat: number): Deno.FsFile {
  const draft = jugdir.temporary(owner.id);
  const file = Deno.openSync(draft, { createNew: true, read: true, write: true });
  try {
    let locked = false;
    try {
      locked = file.tryLockSync(true);
    } catch {
      // A file system without such locks: the heartbeat alone has to do.
    }
    file.writeSync(new TextEncoder().encode(workerText(owner, beat, locked)));
    file.syncDataSync();
    Deno.renameSync(draft, jugdir.layout.worker(owner.id));
    return file;
  } catch (error) {
    file.close();
    removeIfThere(draft);
    throw error;
  }
}

function removeTemporary(jugdir: Jugdir, owners: ReadonlySet<string>): void {
  if (owners.size === 0) return;
  const { tmp } = jugdir.layout;
  for (const name of namesIn(tmp)) if (owners.has(name.split(".", 1)[0] ?? "")) removeIfThere(`${tmp}/${name}`);
}

/** Removes what dead processes of this host left, and markers of locks that are gone. */
function tidy({ jugdir, liveness, changes }: MembershipParts): void {
  const { layout } = jugdir;
  const owners = namesIn(layout.workers);
  const dead = new Set(owners.filter((owner) => liveness.isSurelyDead(owner)));
  removeTemporary(jugdir, dead);
  // The owner's file last, or what it left could no longer be told from what a living one is at.
  for (const owner of dead) removeIfThere(layout.worker(owner));
  for (const name of namesIn(layout.steals)) {
    const marker = parseMarker(name);
    if (marker === undefined || !isHash(marker.hash)) continue;
    // Tokens do not come back, so a marker of a lock that is gone means nothing any more.
    if (readLock(layout.lock(marker.hash))?.token !== marker.token) removeIfThere(`${layout.steals}/${name}`);
  }
  if (owners.length === dead.size) changes.shorten();
}

/** Registers `owner`. */
export function enlist(parts: MembershipParts, owner: Owner): Membership {
  const { jugdir, liveness, locks } = parts;
  const { address, layout } = jugdir;
  liveness.standAt(owner);
  jugdir.prepare();
  tidy(parts);
  let beat = 0;
  let file: Deno.FsFile | undefined = publish(jugdir, owner, beat);

  return {
    renew: () =>
      attempt(address, () => {
        if (file === undefined) return;
        beat++;
        if (!existsSync(layout.worker(owner.id))) {
          // Somebody removed it, and we count as dead until it is back.
          jugdir.forget();
          jugdir.prepare();
          file.close();
          file = publish(jugdir, owner, beat);
          return;
        }
        file.seekSync(0, Deno.SeekMode.Start);
        file.writeSync(new TextEncoder().encode(beatText(beat)));
        // Other hosts see only what has reached the file server.
        file.syncDataSync();
      }),
    leave: () =>
      attempt(address, () => {
        if (file === undefined) return;
        try {
          locks.releaseOwned(owner);
        } catch (error) {
          deregister();
          if (!isDiskFull(error)) throw error;
          // To give up a lock takes a file: where there was no room for it, our own file has made some.
          locks.releaseOwned(owner);
        }
        deregister();
      }),
  };

  function deregister(): void {
    removeTemporary(jugdir, new Set([owner.id]));
    removeIfThere(layout.worker(owner.id));
    file?.close();
    file = undefined;
  }
}
