/**
 * Creates locks as hard links to a file that already holds the token. This costs half as much as creating and writing a
 * file, and the lock is never empty.
 *
 * One such file serves many locks of one worker. But a token must not identify two incarnations of one lock, so a
 * worker that claims a task again uses a new file.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { createText, type LinkOutcome } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { lockText } from "./lock_file.ts";

/** How many locks one file serves: far fewer than the links that a file may have (65,000 on ext4). */
const MAX_LINKS = 1024;

/** The outcome of an attempt to create a lock. */
export interface LinkedLock {
  readonly outcome: LinkOutcome;
  /** The lock's token, if the lock was created. */
  readonly token: string;
}

/** The token file of one worker. */
export interface TokenFile {
  /**
   * Tries to create the lock of `hash` at `path`. Throws `NotFound` if a folder or the token file is gone; the next
   * call then uses a new file.
   */
  link(hash: Hash, path: string): LinkedLock;
}

/**
 * Creates a token file. The file itself is written when it is first needed.
 *
 * @param owner The owner of the temporary file.
 * @param newToken Returns a token that is globally unique and never reused.
 * @param home The text about the owner in each lock.
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
      files.remove(draft); // if the disk is full, the file is empty
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
