/**
 * Locks come into being by a hard link to a file that holds the token already: half the cost of creating and writing a file,
 * and no moment in which a lock is there and empty.
 *
 * One such file serves many locks of one worker. A token must not name two incarnations of one lock, though: so a worker
 * that claims a task again takes a new file.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { createText, type LinkOutcome } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { lockText } from "./lock_file.ts";

/** How many locks one file serves; far fewer than the links that a file may have (65,000 on ext4). */
const MAX_LINKS = 1024;

/** What became of an attempt to create a lock. */
export interface LinkedLock {
  readonly outcome: LinkOutcome;
  /** The lock's token, if it was linked. */
  readonly token: string;
}

/** The token file of one worker. */
export interface TokenFile {
  /**
   * Tries to create the lock of `hash` at `path`. Throws NotFound where a folder, or the token file, is gone; the next lock
   * has a new file then.
   */
  link(hash: Hash, path: string): LinkedLock;
}

/**
 * A token file, made when it is first used.
 *
 * @param owner Whose temporary file it is.
 * @param newToken A token that is unique for ever.
 * @param home What is said about the owner in each lock.
 */
export function tokenFile(jugdir: Jugdir, owner: string, newToken: () => string, home: string): TokenFile {
  const { files } = jugdir;
  const claimed = new Set<Hash>();
  let path: string | undefined;
  let token = "";
  let isSupported = true;

  function renew(): void {
    if (path !== undefined) files.remove(path);
    path = undefined;
    claimed.clear();
  }

  function write(): string {
    const draft = jugdir.temporary(owner);
    token = newToken();
    try {
      createText(files, draft, lockText(token, home));
    } catch (error) {
      files.remove(draft); // a full disk leaves it empty
      throw error;
    }
    return draft;
  }

  function tryToLink(from: string, lock: string): LinkOutcome {
    try {
      return files.link(from, lock);
    } catch (error) {
      renew();
      throw error;
    }
  }

  return {
    link(hash, lock) {
      if (!isSupported) return { outcome: "unsupported", token };
      if (claimed.size >= MAX_LINKS || claimed.has(hash)) renew();
      path ??= write();
      const outcome = tryToLink(path, lock);
      if (outcome === "linked") claimed.add(hash);
      if (outcome === "unsupported") {
        isSupported = false;
        renew();
      }
      return { outcome, token };
    },
  };
}
