/**
 * The right to dispose of one incarnation of a lock: to remove it, or to put another in its place.
 *
 * The right is a marker, a file created with O_EXCL and named by the task and the token of that incarnation. Nobody else
 * touches the lock while the marker is there; whoever comes late finds that the lock has changed. A marker whose holder
 * died is succeeded by the next one, named by its token in turn, so that again only one can win. docs/file-backend.md
 * says why this is right.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Hash } from "../../core/brand.ts";
import { createText } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import type { OwnerSights } from "./owner_sights.ts";
import { lockText, NOBODY, readLock } from "./lock_file.ts";

/** Who disposes. */
export interface Disposer {
  readonly owner: string;
  readonly home: string;
  readonly leaseMs: number;
  /** The disposer's token for this one attempt: unique for ever. */
  readonly token: string;
}

/** A lock as it was judged. */
export interface Judged {
  readonly hash: Hash;
  readonly token: string;
}

/**
 * `changed`: the lock is no longer the one that was judged. `busy`: somebody else holds the right. `late`: we held it for so
 * long that we gave it up; nobody has it now.
 */
export type Disposal = "done" | "changed" | "busy" | "late";

/** Deaths in a row, each between two system calls, that are followed before giving up for now. */
const MAX_SUCCESSORS = 16;

const SUCCESSOR = "~";

/** What a marker's name says. */
export function parseMarker(name: string): { hash: string; token: string } | undefined {
  const dot = name.indexOf(".");
  if (dot !== 40) return undefined;
  const [token = ""] = name.slice(dot + 1).split(SUCCESSOR, 1);
  return { hash: name.slice(0, dot), token };
}

/** Disposes of locks in one jugdir. */
export interface Disposals {
  /** Removes a lock, if it is still the one that was judged. */
  remove(judged: Judged, by: Disposer): Disposal;
  /** Puts the disposer's own lock in the place of one that was judged dead, if it is still that one. */
  replace(judged: Judged, by: Disposer): Disposal;
}

/** Disposals that judge the holders of markers by `liveness`. */
export function createDisposals(jugdir: Jugdir, liveness: OwnerSights): Disposals {
  const { layout, files, clock } = jugdir;

  /** The markers that lead to the right, the last one ours; `undefined` if somebody else has it. */
  function win({ hash, token }: Judged, by: Disposer, draft: string): string[] | undefined {
    const first = `${layout.steals}/${hash}.${token}`;
    const chain = [first];
    let path = first;
    while (chain.length <= MAX_SUCCESSORS) {
      const linked = files.link(draft, path);
      if (linked === "linked") return chain;
      if (linked === "unsupported" && createText(files, path, lockText(by.token, by.home))) return chain;
      const holder = readLock(files, path);
      // A marker that is gone was disposed with: the lock has changed, and the caller looks again.
      if (holder === undefined) return undefined;
      const successor = `${first}${SUCCESSOR}${holder.token}`;
      // Whoever has a successor has no right any more, dead or alive.
      if (!files.exists(successor)) {
        if (holder.owner === by.owner || liveness.judge(holder, path) !== "dead") return undefined;
      }
      path = successor;
      chain.push(path);
    }
    return undefined;
  }

  /**
   * Gives the right up while the lock may still be the judged one. The marker has to stay, since a successor may have been
   * appointed already: removing it would make room for a second one. So a successor is appointed that nobody is.
   */
  function abdicate({ hash, token }: Judged, by: Disposer): void {
    const path = `${layout.steals}/${hash}.${token}${SUCCESSOR}${by.token}`;
    createText(files, path, lockText(`${NOBODY}.0.${jugdir.nextCount()}`, by.home));
  }

  /**
   * The token of what has this name now. Over a network this host may remember what the name stood for before somebody replaced
   * it, and that file is still there to be read: a worker's locks are names of one file. The server's refusal of a link
   * makes it ask again, whatever its mount options and however coarse the server's clock. If nothing has the name, the link
   * is made, and is a lock of ours for an instant.
   */
  function tokenNow(path: string, draft: string): string | undefined {
    if (jugdir.mount.kind === "network") {
      if (files.link(draft, path) === "linked") {
        files.remove(path);
        return undefined;
      }
      // Another process of this host may have asked about the name before it was replaced, and be answered only now.
      jugdir.refresh(dirname(path));
    }
    return readLock(files, path)?.token;
  }

  /**
   * Takes the lock away, whatever it is by now, under a name that nobody else knows, and looks at it there; answers whether it
   * was the judged one. Another is put back: whoever was stopped after its look, or was answered from memory, does no harm.
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

  /** Gives a lock its name again, unless somebody claimed the task in that instant, or removed what was taken. */
  function putBack(aside: string, lock: string): void {
    try {
      if (files.link(aside, lock) === "unsupported" && !files.exists(lock)) files.rename(aside, lock);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Creates a lock from a draft of it; answers whether nobody was faster. */
  function put(draft: string, lock: string, by: Disposer): boolean {
    const outcome = files.link(draft, lock);
    return outcome === "unsupported" ? createText(files, lock, lockText(by.token, by.home)) : outcome === "linked";
  }

  /** `act` answers whether the lock was still the judged one. */
  function disposeOnce(judged: Judged, by: Disposer, act: (lock: string, draft: string) => boolean): Disposal {
    const lock = layout.lock(judged.hash);
    const draft = jugdir.temporary(by.owner);
    const start = clock();
    let isWritten = false;
    try {
      isWritten = createText(files, draft, lockText(by.token, by.home));
      const chain = win(judged, by, draft);
      if (chain === undefined) return "busy";
      let settled = false;
      try {
        // Taking a lock that is another's would leave it without one for an instant.
        if (tokenNow(lock, draft) !== judged.token) {
          settled = true;
          return "changed";
        }
        // Whoever was stopped on the way for so long may have been succeeded, and does better not to touch it.
        if (clock() - start > by.leaseMs / 2) return "late";
        const outcome = act(lock, draft) ? "done" : "changed";
        settled = true;
        return outcome;
      } finally {
        // Once the lock is another, no marker of the old one means anything, so they can be removed in any order.
        if (settled) {
          for (const path of chain) files.remove(path);
        } else {
          abdicate(judged, by);
        }
      }
    } catch (error) {
      // Whoever stands still for ten leases is tidied away. Nobody has the right to the lock by our doing then.
      if (isWritten && error instanceof Deno.errors.NotFound && !files.exists(draft)) return "late";
      throw error;
    } finally {
      files.remove(draft);
    }
  }

  const dispose: typeof disposeOnce = (...how) => jugdir.withFolders(() => disposeOnce(...how));

  return {
    // It may be gone already: beside a result, its owner needs no marker to remove it.
    remove: (judged, by) => dispose(judged, by, (lock, draft) => take(lock, judged, draft, by)),
    replace: (judged, by) =>
      dispose(judged, by, (lock, draft) => take(lock, judged, draft, by) && put(draft, lock, by)),
  };
}
