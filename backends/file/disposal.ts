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
import type { Hash } from "../../core/brand.ts";
import { createText } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import type { Liveness } from "./liveness.ts";
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
export function createDisposals(jugdir: Jugdir, liveness: Liveness): Disposals {
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
   * The token that a lock has now. Over a network this host may remember what the name stood for before somebody replaced
   * it, and that file is still there to be read: a worker's locks are names of one file. The server's refusal of a link
   * makes it ask again, whatever its mount options and however coarse the server's clock. If the lock is gone, the link is
   * made, and is a lock of ours for an instant.
   */
  function tokenNow(lock: string, draft: string): string | undefined {
    if (jugdir.mount.kind === "network") {
      switch (files.link(draft, lock)) {
        case "linked":
          files.remove(lock);
          return undefined;
        case "exists":
          break;
        case "unsupported":
          jugdir.refresh(layout.locks);
      }
    }
    return readLock(files, lock)?.token;
  }

  function dispose(judged: Judged, by: Disposer, act: (lock: string, draft: string) => void): Disposal {
    const lock = layout.lock(judged.hash);
    const draft = jugdir.temporary(by.owner);
    const start = clock();
    try {
      createText(files, draft, lockText(by.token, by.home));
      const chain = win(judged, by, draft);
      if (chain === undefined) return "busy";
      let settled = false;
      try {
        if (tokenNow(lock, draft) !== judged.token) {
          settled = true;
          return "changed";
        }
        // Whoever was stopped on the way for so long may have been succeeded, and must not act on what it read.
        if (clock() - start > by.leaseMs / 2) return "late";
        act(lock, draft);
        settled = true;
        return "done";
      } finally {
        // Once the lock is another, no marker of the old one means anything, so they can be removed in any order.
        if (settled) {
          for (const path of chain) files.remove(path);
        } else {
          abdicate(judged, by);
        }
      }
    } finally {
      files.remove(draft);
    }
  }

  return {
    // It may be gone already: beside a result, its owner needs no marker to remove it.
    remove: (judged, by) => dispose(judged, by, (lock) => void files.remove(lock)),
    replace: (judged, by) => dispose(judged, by, (lock, draft) => files.rename(draft, lock)),
  };
}
