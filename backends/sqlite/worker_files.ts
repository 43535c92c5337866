/**
 * The files beside a database that tell at once of a process's death: each process holds a flock on its own, which the
 * system frees however the process ends. Where they cannot be made, the heartbeat alone has to do.
 *
 * @module
 */
import { existsSync } from "node:fs";

/** What a look at a process's file says. */
export type Flock = "held" | "free" | "unknown";

/** The files of one database. */
export interface WorkerFiles {
  /** Makes the owner's file and locks it; `undefined` where that is not to be. */
  hold(owner: string): Deno.FsFile | undefined;
  look(owner: string): Flock;
  remove(owner: string): void;
  /** Removes the files of the dead whom `isKnown` does not know, and the folder with the last of them. */
  tidy(isKnown: (owner: string) => boolean): void;
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Not permitted, not supported, or in use by somebody else: all of it optional.
    return undefined;
  }
}

/** The files that belong to the database at `path`. */
export function workerFiles(path: string): WorkerFiles {
  const folder = `${path}-workers`;
  const fileOf = (owner: string) => `${folder}/${owner}`;

  function holdOnce(owner: string): Deno.FsFile | undefined {
    Deno.mkdirSync(folder, { recursive: true });
    const file = Deno.openSync(fileOf(owner), { create: true, read: true, write: true });
    // Somebody who tidied up just now may have removed it before it was locked.
    if (quietly(() => file.tryLockSync(true)) === true && existsSync(fileOf(owner))) return file;
    file.close();
    return undefined;
  }

  function look(owner: string): Flock {
    const file = quietly(() => Deno.openSync(fileOf(owner)));
    if (file === undefined) return "unknown";
    try {
      // Shared, so that two who look at once do not take each other for the owner.
      const taken = quietly(() => file.tryLockSync(false));
      return taken === undefined ? "unknown" : taken ? "free" : "held";
    } finally {
      file.close();
    }
  }

  function remove(owner: string): void {
    quietly(() => Deno.removeSync(fileOf(owner)));
    // Refused as long as there are others.
    quietly(() => Deno.removeSync(folder));
  }

  return {
    hold: (owner) => quietly(() => holdOnce(owner)) ?? quietly(() => holdOnce(owner)),
    look,
    remove,
    tidy(isKnown) {
      for (const { name } of quietly(() => [...Deno.readDirSync(folder)]) ?? []) {
        if (!isKnown(name) && look(name) === "free") remove(name);
      }
    },
  };
}
