/**
 * Results: each in its own file, complete or not there at all, or many small ones in a pack. The result that is stored
 * first is kept.
 *
 * Nothing is synced to the disk. If a power cut damages a result, the record's checksum detects it, and the task runs
 * again.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import type { Change, CompleteOutcome, Completion, Lock } from "../backend.ts";
import { areEqual } from "../bytes.ts";
import { ownerOf } from "../validation.ts";
import type { ChangeLog } from "./changes.ts";
import { lockIfCan, type OpenFile, readHead } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { NOBODY } from "./lock_file.ts";
import type { Packs } from "./packs.ts";
import type { Presence } from "./presence.ts";
import { batches } from "../../core/lists.ts";

/** The results of one jugdir. */
export interface Results {
  has(hashes: readonly Hash[]): Set<Hash>;
  list(): Generator<readonly Hash[]>;
  load(hashes: readonly Hash[]): (Uint8Array | undefined)[];
  loadHeads(hashes: readonly Hash[], length: number): (Uint8Array | undefined)[];
  complete(items: readonly Completion[]): CompleteOutcome[];
  remove(hashes: readonly Hash[]): Set<Hash>;
  discard(hash: Hash, bytes: Uint8Array): boolean;
}

/** What the results depend on. */
export interface ResultParts {
  readonly jugdir: Jugdir;
  readonly changes: ChangeLog;
  readonly packs: Packs;
  readonly presence: Presence;
  /** Releases the lock of a task that has a result now. */
  giveUp(lock: Lock): void;
}

const LIST_BATCH = 1024;
/**
 * How long the last check for failures is trusted, in milliseconds. A failure beside a result counts for nothing
 * anyway.
 */
const LOOK_MS = 20;

/** Creates the results of the jugdir. */
export function createResults({ jugdir, changes, packs, presence, giveUp }: ResultParts): Results {
  const { layout, files } = jugdir;

  /** Gives the file `draft` its name as a result, unless there is a result already. The draft may remain. */
  function publish(draft: string, hash: Hash): boolean {
    const path = layout.result(hash);
    jugdir.prepareResult(hash);
    const outcome = files.link(draft, path);
    if (outcome !== "unsupported") return outcome === "linked";
    // Without hard links, two processes that finish at once may both believe that they were first. Both results are
    // complete.
    if (files.exists(path)) return false;
    files.rename(draft, path);
    return true;
  }

  /** Removes a result that has just been published from `draft`. */
  function retract(draft: string, hash: Hash): void {
    const path = layout.result(hash);
    const [ours, there] = [files.stat(draft), files.stat(path)];
    // Without hard links, the draft was renamed.
    if (ours === undefined || ours.ino === there?.ino) files.remove(path);
  }

  /**
   * Writes the draft of a process that is not registered. As long as the file is open, its flock shows others of this
   * host that it is not a leftover.
   */
  function createLocked(draft: string, bytes: Uint8Array): OpenFile {
    const file = files.open(draft, "create");
    try {
      lockIfCan(file);
      file.write(bytes, 0);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  function store({ hash, bytes, lock }: Completion): boolean {
    const owner = lock === undefined ? undefined : ownerOf(lock.token);
    const draft = jugdir.temporary(owner ?? jugdir.guest);
    let file: OpenFile | undefined;
    try {
      if (owner === undefined && jugdir.mount.kind === "local") file = createLocked(draft, bytes);
      else files.create(draft, bytes);
      if (!publish(draft, hash)) return false;
      // Before releasing the lock: whoever claims the task next must see that the folder changed.
      jugdir.showChange(layout.resultFolder(hash));
      if (!packs.has(hash)) return true;
      // Another process's result was packed after this process claimed the task.
      retract(draft, hash);
      return false;
    } finally {
      file?.close();
      files.remove(draft);
    }
  }

  function discardFile(hash: Hash, bytes: Uint8Array): boolean {
    const path = layout.result(hash);
    const found = files.read(path);
    if (found === undefined || !areEqual(found, bytes)) return false;
    // Move it aside first and check it again: between the check and the removal, another process may have replaced it.
    const aside = jugdir.temporary(NOBODY);
    try {
      files.rename(path, aside);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound && !files.exists(path)) return false;
      throw error;
    }
    const taken = files.read(aside);
    const isStill = taken !== undefined && areEqual(taken, bytes);
    // This process may have been stopped for so long that others removed the file.
    if (!isStill && taken !== undefined && !files.exists(aside)) files.create(aside, taken);
    if (!isStill) publish(aside, hash);
    files.remove(aside);
    return isStill;
  }

  /** Reads a result's file with `read`. Reads again if this host may have cached the absence of the file. */
  function readFile(hash: Hash, read: (path: string) => Uint8Array | undefined): Uint8Array | undefined {
    const path = layout.result(hash);
    const bytes = read(path);
    if (bytes !== undefined || jugdir.mount.kind === "local") return bytes;
    jugdir.refreshResults([hash]);
    return read(path);
  }

  /** Returns a result, or at most its first `limit` bytes. */
  function load(hash: Hash, limit: number | undefined): Uint8Array | undefined {
    // Look in the packs first: while a result is in both, the file may be that of a process which is about to notice
    // that its result is late.
    const packed = packs.load(hash, limit);
    if (packed !== undefined) return packed;
    const read = limit === undefined ? files.read : (path: string) => readHead(files, path, limit);
    return readFile(hash, read) ?? packs.load(hash, limit);
  }

  let failuresSeen = false;
  let lookedAt = -Infinity;

  /** Whether anything may have failed. If not, there is no failure to remove. One check serves for many results. */
  function hasFailures(): boolean {
    const isKnown = failuresSeen && jugdir.mount.kind === "local";
    if (isKnown || jugdir.clock() - lookedAt < LOOK_MS) return failuresSeen;
    lookedAt = jugdir.clock();
    jugdir.refresh(layout.failures);
    failuresSeen = files.exists(layout.failures);
    return failuresSeen;
  }

  return {
    has: presence.whichNow,
    *list() {
      for (const folder of files.names(layout.results)) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue;
        const hashes = files.names(`${layout.results}/${folder}`).map((name) => folder + name).filter(isHash);
        yield* batches(hashes, LIST_BATCH);
      }
      yield* batches([...packs.hashes()], LIST_BATCH);
    },
    load: (hashes) => hashes.map((hash) => load(hash, undefined)),
    loadHeads: (hashes, length) => hashes.map((hash) => load(hash, length)),
    complete(items) {
      const stored: Change[] = [];
      const mayHaveFailed = hasFailures();
      try {
        return items.map((item) => {
          const { hash, lock } = item;
          const isFirst = jugdir.withFolders(() => store(item));
          if (isFirst) stored.push({ kind: "finished", hash });
          if (mayHaveFailed && files.exists(layout.failure(hash))) files.remove(layout.failure(hash));
          if (lock !== undefined) giveUp(lock);
          return isFirst ? "stored" : "kept";
        });
      } finally {
        changes.append(stored);
      }
    },
    remove(hashes) {
      const removed = new Set<Hash>();
      try {
        // Without this, a file that this host has cached as absent would not be removed.
        jugdir.refreshResults(hashes);
        for (const hash of hashes) {
          const path = layout.result(hash);
          if (files.exists(path) && files.remove(path)) removed.add(hash);
        }
        // Packs after the files: a result that is packed in the meantime is then either found missing by the packing,
        // or found in the pack here.
        for (const hash of packs.remove(hashes)) removed.add(hash);
        return removed;
      } finally {
        changes.append([...removed].map((hash) => ({ kind: "removed", hash })));
      }
    },
    discard(hash, bytes) {
      const wasFile = jugdir.withFolders(() => discardFile(hash, bytes));
      const wasPacked = packs.discard(hash, bytes);
      if (wasFile || wasPacked) changes.append([{ kind: "removed", hash }]);
      return wasFile || wasPacked;
    },
  };
}
