/**
 * The files beside a database that show immediately that a process has died: each process holds a flock on its own
 * file, and the system frees the flock however the process ends. If the files cannot be created, only the heartbeat
 * counts.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { isOwnerId } from "../validation.ts";
import type { Flock } from "../liveness.ts";

/**
 * How far an owner's registration is, according to the database. `absent`: not in the database, or not any more.
 * `coming`: it may be creating its file. `member`: it has created its file.
 */
export type Stage = "absent" | "coming" | "member";

/** The files of one database. */
export interface WorkerFiles {
  /** Creates the owner's file and locks it. Returns `undefined` if that is not possible. */
  hold(owner: string): Deno.FsFile | undefined;
  look(owner: string): Flock;
  /** Whether any process holds its file. It has the database open as long as it does. */
  isAnyHeld(): boolean;
  /** Removes the owner's file if it was created by jug. */
  remove(owner: string): void;
  /**
   * Removes files that dead processes left behind, if they were created by jug. Returns the owners of these files.
   * `stage` returns how far an owner's registration is.
   */
  tidy(stage: (owner: string) => Stage): string[];
  /** Whether nothing has the folder's name, so that jug will create the folder. */
  isFolderAbsent(): boolean;
  /** Removes the folder if it is empty. */
  removeFolder(): void;
}

function textOf(owner: string): string {
  return `jug worker ${owner}\n`;
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Not permitted, not supported, or in use by another process. All of these operations are optional.
    return undefined;
  }
}

/** Whether the content of the file names the owner. */
function isFileOf(owner: string, path: string): boolean {
  const text = textOf(owner);
  return sizeOf(path) === text.length && quietly(() => Deno.readTextFileSync(path)) === text;
}

/** Returns the size of a regular file, `undefined` for anything else. */
function sizeOf(path: string): number | undefined {
  const stat = quietly(() => Deno.lstatSync(path));
  return stat?.isFile === true ? stat.size : undefined;
}

/** Creates the access to the files that belong to the database at `path`. */
export function workerFiles(path: string): WorkerFiles {
  const folder = `${path}-workers`;
  const fileOf = (owner: string) => `${folder}/${owner}`;

  function holdOnce(owner: string): Deno.FsFile | undefined {
    const path = fileOf(owner);
    if (!existsSync(folder)) Deno.mkdirSync(folder);
    const file = Deno.openSync(path, { createNew: true, read: true, write: true });
    try {
      if (file.tryLockSync(true)) {
        file.writeSync(new TextEncoder().encode(textOf(owner)));
        // Before the file was locked, another process may have taken it for a leftover and removed it.
        if (Deno.lstatSync(path).ino === file.statSync().ino) return file;
      }
    } catch {
      // No flocks are supported, there is no room, or the file is gone.
    }
    file.close();
    quietly(() => Deno.removeSync(path));
    return undefined;
  }

  function removeFile(owner: string): void {
    if (isOwnerId(owner) && isFileOf(owner, fileOf(owner))) quietly(() => Deno.removeSync(fileOf(owner)));
  }

  /**
   * Whether a file was left by a process that was killed while it registered: the file is still empty, or the database
   * does not record that its owner has a file.
   */
  function isLeftover(owner: string, stage: Stage): boolean {
    if (!isOwnerId(owner) || stage === "member") return false;
    return isFileOf(owner, fileOf(owner)) || (stage === "coming" && sizeOf(fileOf(owner)) === 0);
  }

  /**
   * Holds the flock while it removes the file, so that an owner that is still registering notices that it needs another
   * file.
   */
  function removeIfFree(owner: string): boolean {
    const file = quietly(() => Deno.openSync(fileOf(owner)));
    if (file === undefined) return false;
    try {
      if (quietly(() => file.tryLockSync(false)) !== true) return false;
      quietly(() => Deno.removeSync(fileOf(owner)));
      return true;
    } finally {
      file.close();
    }
  }

  function look(owner: string): Flock {
    if (!isOwnerId(owner) || sizeOf(fileOf(owner)) === undefined) return "unknown";
    const file = quietly(() => Deno.openSync(fileOf(owner)));
    if (file === undefined) return "unknown";
    try {
      // Shared, so that two observers at the same time do not take each other for the owner.
      const taken = quietly(() => file.tryLockSync(false));
      return taken === undefined ? "unknown" : taken ? "free" : "held";
    } finally {
      file.close();
    }
  }

  function names(): string[] {
    return (quietly(() => [...Deno.readDirSync(folder)]) ?? []).map(({ name }) => name);
  }

  return {
    // Try twice, because another process may have removed the folder in between.
    hold: (owner) => isOwnerId(owner) ? quietly(() => holdOnce(owner)) ?? quietly(() => holdOnce(owner)) : undefined,
    look,
    isAnyHeld: () => names().some((name) => look(name) === "held"),
    remove: removeFile,
    tidy: (stage) => names().filter((name) => isLeftover(name, stage(name)) && removeIfFree(name)),
    isFolderAbsent() {
      try {
        Deno.lstatSync(folder);
        return false;
      } catch (error) {
        return error instanceof Deno.errors.NotFound;
      }
    },
    removeFolder() {
      if (quietly(() => Deno.lstatSync(folder))?.isDirectory === true) quietly(() => Deno.removeSync(folder));
    },
  };
}
