/**
 * The files beside a database that tell at once of a process's death: each process holds a flock on its own, which the
 * system frees however the process ends. Where they cannot be made, the heartbeat alone has to do.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { isOwnerId } from "../form.ts";
import type { Flock } from "../liveness.ts";

/**
 * How far an owner came, by the database: `absent` is not in it, or no more; `coming` may be making its file; `member` has
 * made it.
 */
export type Stage = "absent" | "coming" | "member";

/** The files of one database. */
export interface WorkerFiles {
  /** Makes the owner's file and locks it; `undefined` where that is not to be. */
  hold(owner: string): Deno.FsFile | undefined;
  look(owner: string): Flock;
  /** Whether a process is at work: it has the database open as long as it holds its file. */
  isAnyHeld(): boolean;
  /** Removes the owner's file, if it is one of ours. */
  remove(owner: string): void;
  /** Removes what dead processes left, likewise; answers whose it was. `stage` says how far an owner came. */
  tidy(stage: (owner: string) => Stage): string[];
  /** Whether nothing has the folder's name, so that the folder will be ours. */
  isFolderAbsent(): boolean;
  /** Removes the folder, if it is empty. */
  removeFolder(): void;
}

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

/** Whether the file says that it is the owner's. */
function isFileOf(owner: string, path: string): boolean {
  const text = textOf(owner);
  return sizeOf(path) === text.length && quietly(() => Deno.readTextFileSync(path)) === text;
}

/** `undefined` for what is no file itself. */
function sizeOf(path: string): number | undefined {
  const stat = quietly(() => Deno.lstatSync(path));
  return stat?.isFile === true ? stat.size : undefined;
}

/** The files that belong to the database at `path`. */
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
        // Before it was locked, somebody may have taken it for a leftover.
        if (Deno.lstatSync(path).ino === file.statSync().ino) return file;
      }
    } catch {
      // No such locks here, no room, or the file is gone.
    }
    file.close();
    quietly(() => Deno.removeSync(path));
    return undefined;
  }

  function removeFile(owner: string): void {
    if (isOwnerId(owner) && isFileOf(owner, fileOf(owner))) quietly(() => Deno.removeSync(fileOf(owner)));
  }

  /** What a process leaves that is killed on its way: nothing is in its file yet, or its row was not told of it. */
  function isLeftover(owner: string, stage: Stage): boolean {
    if (!isOwnerId(owner) || stage === "member") return false;
    return isFileOf(owner, fileOf(owner)) || (stage === "coming" && sizeOf(fileOf(owner)) === 0);
  }

  /** Keeps the flock while it removes the file, so that an owner that is still coming knows that it has to make another. */
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
      // Shared, so that two who look at once do not take each other for the owner.
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
    // Once more, as somebody may have removed the folder in between.
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
