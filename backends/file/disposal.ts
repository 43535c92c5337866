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
import { existsSync } from "node:fs";
import type { Hash } from "../../core/brand.ts";
import { createExclusive, linkTo, removeIfThere } from "./files.ts";
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

/** `changed`: the lock is no longer the one that was judged. `busy`: somebody else holds the right. */
export type Disposal = "done" | "changed" | "busy";

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
  const { layout, clock } = jugdir;

  /** The markers that lead to the right, the last one ours; `undefined` if somebody else has it. */
  function win({ hash, token }: Judged, by: Disposer, draft: string): string[] | undefined {
    const first = `${layout.steals}/${hash}.${token}`;
    const chain = [first];
    let path = first;
    while (chain.length <= MAX_SUCCESSORS) {
      const linked = linkTo(draft, path);
      if (linked === "linked") return chain;
      if (linked === "unsupported" && createExclusive(path, lockText(by.token, by.home))) return chain;
      const holder = readLock(path);
      // A marker that is gone was disposed with: the lock has changed, and the caller looks again.
      if (holder === undefined) return undefined;
      const successor = `${first}${SUCCESSOR}${holder.token}`;
      // Whoever has a successor has no right any more, dead or alive.
      if (!existsSync(successor)) {
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
    createExclusive(path, lockText(`${NOBODY}.0.${jugdir.nextCount()}`, by.home));
  }

  function dispose(judged: Judged, by: Disposer, act: (lock: string, draft: string) => void): Disposal {
    const lock = layout.lock(judged.hash);
    const draft = jugdir.temporary(by.owner);
    const start = clock();
    try {
      Deno.writeTextFileSync(draft, lockText(by.token, by.home), { createNew: true });
      const chain = win(judged, by, draft);
      if (chain === undefined) return "busy";
      let settled = false;
      try {
        if (readLock(lock)?.token !== judged.token) {
          settled = true;
          return "changed";
        }
        // Whoever was stopped on the way for so long may have been succeeded, and must not act on what it read.
        if (clock() - start > by.leaseMs / 2) return "busy";
        act(lock, draft);
        settled = true;
        return "done";
      } finally {
        // Once the lock is another, no marker of the old one means anything, so they can be removed in any order.
        if (settled) {
          for (const path of chain) removeIfThere(path);
        } else {
          abdicate(judged, by);
        }
      }
    } finally {
      removeIfThere(draft);
    }
  }

  return {
    // It may be gone already: beside a result, its owner needs no marker to remove it.
    remove: (judged, by) => dispose(judged, by, (lock) => void removeIfThere(lock)),
    replace: (judged, by) => dispose(judged, by, (lock, draft) => Deno.renameSync(draft, lock)),
  };
}
