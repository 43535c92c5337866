/**
 * The right to dispose of one incarnation of a lock: to remove it, or to put another lock in its place.
 *
 * The right is a marker: a file that only one process can create (by a hard link or with O_EXCL), named after the task
 * and the token of that incarnation. Nobody else changes the lock while the marker exists, and a process that comes
 * late finds that the lock has changed. If the holder of a marker dies, a successor marker follows, named after the
 * dead holder's token, so that again only one process can win. docs/file-backend.md explains why this is correct.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { Hash } from "../../core/brand.ts";
import { createText } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import { lockText, NOBODY, readLock } from "./lock_file.ts";

/** The process that disposes of a lock. */
export interface Disposer {
  readonly owner: string;
  readonly home: string;
  readonly leaseMs: number;
  /** The token of this one attempt: globally unique and never reused. */
  readonly token: string;
}

/** A lock as it was when it was judged. */
export interface Judged {
  readonly hash: Hash;
  readonly token: string;
}

/**
 * The outcome of a disposal. `changed`: the lock is not the one that was judged any more. `busy`: another process holds
 * the right. `late`: this process held the right for so long that it gave it up; nobody has it now.
 */
export type Disposal = "done" | "changed" | "busy" | "late";

/**
 * How many dead holders in a row are followed before this attempt gives up. Each of them must have died between two
 * system calls.
 */
const MAX_SUCCESSORS = 16;

const SUCCESSOR = "~";

/** Parses the name of a marker. */
export function parseMarker(name: string): { hash: string; token: string } | undefined {
  const dot = name.indexOf(".");
  if (dot !== 40) return undefined;
  const [token = ""] = name.slice(dot + 1).split(SUCCESSOR, 1);
  return { hash: name.slice(0, dot), token };
}

/** Disposes of locks in one jugdir. */
export interface Disposals {
  /** Removes a lock if it is still the one that was judged. */
  remove(judged: Judged, by: Disposer): Disposal;
  /** Replaces a lock that was judged dead with the disposer's own, if it is still the one that was judged. */
  replace(judged: Judged, by: Disposer): Disposal;
}

/** Creates disposals that use `liveness` to judge the holders of markers. */
export function createDisposals(jugdir: Jugdir, liveness: OwnerLiveness): Disposals {
  const { layout, files, clock } = jugdir;

  /** Returns the markers that lead to the right, the last one our own; `undefined` if another process has the right. */
  function win({ hash, token }: Judged, by: Disposer, draft: string): string[] | undefined {
    const first = `${layout.steals}/${hash}.${token}`;
    const chain = [first];
    let path = first;
    while (chain.length <= MAX_SUCCESSORS) {
      const linked = files.link(draft, path);
      if (linked === "linked") return chain;
      if (linked === "unsupported" && createText(files, path, lockText(by.token, by.home))) return chain;
      const holder = readLock(files, path);
      // The marker is gone, so its holder is done and the lock has changed. The caller tries again later.
      if (holder === undefined) return undefined;
      const successor = `${first}${SUCCESSOR}${holder.token}`;
      // A holder that has a successor has lost the right, dead or alive.
      if (!files.exists(successor)) {
        if (holder.owner === by.owner || liveness.judge(holder, path) !== "dead") return undefined;
      }
      path = successor;
      chain.push(path);
    }
    return undefined;
  }

  /**
   * Gives the right up while the lock may still be the judged one. The marker must stay: a successor may exist already,
   * and removing the marker would make room for a second one. So this appoints a successor that is nobody.
   */
  function abdicate({ hash, token }: Judged, by: Disposer): void {
    const path = `${layout.steals}/${hash}.${token}${SUCCESSOR}${by.token}`;
    createText(files, path, lockText(`${NOBODY}.0.${jugdir.nextCount()}`, by.home));
  }

  /**
   * Returns the token of the lock that has this name now. Over a network, this host may have cached what the name
   * referred to before another process replaced it. That file can still be read, because all locks of a worker are
   * links to one file. If the server refuses a link, this host asks it again, whatever the mount options are and
   * however coarse the server's clock is. If nothing has the name, the link succeeds, and this process has a lock for
   * an instant.
   */
  function tokenNow(path: string, draft: string): string | undefined {
    if (jugdir.mount.kind === "network") {
      if (files.link(draft, path) === "linked") {
        files.remove(path);
        return undefined;
      }
      // Another process of this host may have asked for the name before it was replaced. The old answer may arrive only
      // now, and be cached.
      jugdir.refresh(dirname(path));
    }
    return readLock(files, path)?.token;
  }

  /**
   * Takes the lock away, whichever lock it is by now: renames it to a name that nobody else knows, and reads it there.
   * Returns whether it was the judged one. Puts any other lock back. So this process does no harm if it was stopped
   * after its check, or if its check was answered from the cache.
   */
  function take(lock: string, { token }: Judged, draft: string, by: Disposer): boolean {
    const aside = jugdir.temporary(by.owner);
    try {
      files.rename(lock, aside);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound && !files.exists(lock)) return false;
      throw error;
    }
    let isJudged = false;
    try {
      isJudged = tokenNow(aside, draft) === token;
      return isJudged;
    } finally {
      if (!isJudged) putBack(aside, lock);
      files.remove(aside);
    }
  }

  /** Restores the name of a lock, unless another process claimed the task in that instant, or removed the file. */
  function putBack(aside: string, lock: string): void {
    try {
      if (files.link(aside, lock) === "unsupported" && !files.exists(lock)) files.rename(aside, lock);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Creates a lock from its draft. Returns whether no other process was faster. */
  function put(draft: string, lock: string, by: Disposer): boolean {
    const outcome = files.link(draft, lock);
    return outcome === "unsupported" ? createText(files, lock, lockText(by.token, by.home)) : outcome === "linked";
  }

  /**
   * Makes sure that all hosts find a result that the lock's owner stored just before it died, and did not show any
   * more. Whoever claims the task next must find it.
   */
  function showResult(hash: Hash, draft: string): void {
    if (jugdir.mount.kind === "local") return;
    const path = layout.result(hash);
    jugdir.showResults([hash]);
    // This host does not forget what it has cached because of a change of its own. But a listing is fresh, and if the
    // server refuses a link, the host looks the name up again.
    if (files.exists(path) || !files.names(dirname(path)).includes(basename(path))) return;
    // If the result has been removed meanwhile, the draft has its name for an instant.
    if (files.link(draft, path) === "linked") files.remove(path);
  }

  /** Wins the right and calls `act`, which returns whether the lock was still the judged one. */
  function disposeOnce(judged: Judged, by: Disposer, act: (lock: string, draft: string) => boolean): Disposal {
    const lock = layout.lock(judged.hash);
    const draft = jugdir.temporary(by.owner);
    const start = clock();
    let isWritten = false;
    try {
      isWritten = createText(files, draft, lockText(by.token, by.home));
      showResult(judged.hash, draft);
      const chain = win(judged, by, draft);
      if (chain === undefined) return "busy";
      let settled = false;
      try {
        // Check before taking the lock: if it is another one, its task would be without a lock for an instant.
        if (tokenNow(lock, draft) !== judged.token) {
          settled = true;
          return "changed";
        }
        // A process that was stopped for so long may have a successor already, so it must not touch the lock.
        if (clock() - start > by.leaseMs / 2) return "late";
        const outcome = act(lock, draft) ? "done" : "changed";
        settled = true;
        return outcome;
      } finally {
        // Once the lock has changed, no marker of the old one means anything, so they can be removed in any order.
        if (settled) {
          for (const path of chain) files.remove(path);
        } else {
          abdicate(judged, by);
        }
      }
    } catch (error) {
      // Others remove the draft of a process that is stopped for ten leases. This process then has no right to the
      // lock: it never got it, or has given it up above.
      if (isWritten && error instanceof Deno.errors.NotFound && !files.exists(draft)) return "late";
      throw error;
    } finally {
      files.remove(draft);
    }
  }

  const dispose: typeof disposeOnce = (...how) => jugdir.withFolders(() => disposeOnce(...how));

  return {
    // The lock may be gone already: the owner of a lock beside a result needs no marker to remove it.
    remove: (judged, by) => dispose(judged, by, (lock, draft) => take(lock, judged, draft, by)),
    replace: (judged, by) =>
      dispose(judged, by, (lock, draft) => take(lock, judged, draft, by) && put(draft, lock, by)),
  };
}
