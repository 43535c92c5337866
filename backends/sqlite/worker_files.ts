/**
 * The files beside a database that tell at once of a process's death: each process holds a flock on its own, which the
 * system frees however the process ends. Where they cannot be made, the heartbeat alone has to do.
 *
 * @module
 */
import { isOwnerId } from "../form.ts";

/** What a look at a process's file says. */
export type Flock = "held" | "free" | "unknown";

/** The files of one database. */
export interface WorkerFiles {
  /** Makes the owner's file and locks it; `undefined` where that is not to be. */
  hold(owner: string): Deno.FsFile | undefined;
  look(owner: string): Flock;
  /** Removes the owner's file, if it is one of ours, and the folder with the last of them, if we made it. */
  remove(owner: string): void;
  /** Removes the files of the dead whom `isKnown` does not know, likewise. */
  tidy(isKnown: (owner: string) => boolean): void;
}

/** The file that says that we made the folder. Its name is no owner's. */
const MARK = "made_by_jug";
const MARK_TEXT = "jug workers\n";

function textOf(owner: string): string {
  return `jug worker ${owner}\n`;
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Not permitted, not supported, or in use by somebody else: all of it optional.
    return undefined;
  }
}

/** Whether it is a file itself: no link to one, and nothing that waits when it is opened. */
function isFile(path: string): boolean {
  return quietly(() => Deno.lstatSync(path))?.isFile === true;
}

function holds(path: string, text: string): boolean {
  const stat = quietly(() => Deno.lstatSync(path));
  if (stat?.isFile !== true || stat.size !== text.length) return false;
  return quietly(() => Deno.readTextFileSync(path)) === text;
}

/** The files that belong to the database at `path`. */
export function workerFiles(path: string): WorkerFiles {
  const folder = `${path}-workers`;
  const mark = `${folder}/${MARK}`;
  const fileOf = (owner: string) => `${folder}/${owner}`;

  function makeMark(): void {
    Deno.writeTextFileSync(mark, MARK_TEXT, { createNew: true });
  }

  function makeFolder(): void {
    try {
      Deno.mkdirSync(folder);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return;
      throw error;
    }
    quietly(makeMark);
  }

  function holdOnce(owner: string): Deno.FsFile | undefined {
    makeFolder();
    const file = Deno.openSync(fileOf(owner), { createNew: true, read: true, write: true });
    try {
      // Written once it is locked: nobody takes it for a dead process's before.
      if (file.tryLockSync(true) && file.writeSync(new TextEncoder().encode(textOf(owner))) > 0) return file;
    } catch {
      // No such locks here, or no room.
    }
    file.close();
    Deno.removeSync(fileOf(owner));
    return undefined;
  }

  function look(owner: string): Flock {
    if (!isOwnerId(owner) || !isFile(fileOf(owner))) return "unknown";
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

  function removeFolder(): void {
    if (!holds(mark, MARK_TEXT)) return;
    const names = quietly(() => [...Deno.readDirSync(folder)]) ?? [];
    if (names.length !== 1) return;
    quietly(() => Deno.removeSync(mark));
    try {
      Deno.removeSync(folder);
    } catch {
      // Somebody came just now: it is still ours, and not empty.
      quietly(makeMark);
    }
  }

  function remove(owner: string): void {
    if (!isOwnerId(owner)) return;
    if (holds(fileOf(owner), textOf(owner))) quietly(() => Deno.removeSync(fileOf(owner)));
    removeFolder();
  }

  return {
    // Once more, as somebody may have removed the folder in between.
    hold: (owner) => isOwnerId(owner) ? quietly(() => holdOnce(owner)) ?? quietly(() => holdOnce(owner)) : undefined,
    look,
    remove,
    tidy(isKnown) {
      for (const { name } of quietly(() => [...Deno.readDirSync(folder)]) ?? []) {
        if (isOwnerId(name) && !isKnown(name) && holds(fileOf(name), textOf(name)) && look(name) === "free") {
          remove(name);
        }
      }
    },
  };
}
