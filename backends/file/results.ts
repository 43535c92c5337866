/**
 * Results: one file each, whole or not there at all, or many small ones in a pack. The first one that is stored stays.
 *
 * Nothing is synced to the disk: what a power cut tears is found by the record's checksum, and the task runs again.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import type { Change, CompleteOutcome, Completion, Lock } from "../backend.ts";
import { areEqual } from "../bytes.ts";
import { ownerOf } from "../form.ts";
import type { ChangeLog } from "./changes.ts";
import { lockIfCan, type OpenFile, readHead } from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { batches } from "./layout.ts";
import { NOBODY } from "./lock_file.ts";
import type { Packs } from "./packs.ts";
import type { Presence } from "./presence.ts";

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

/** What the results work with. */
export interface ResultParts {
  readonly jugdir: Jugdir;
  readonly changes: ChangeLog;
  readonly packs: Packs;
  readonly presence: Presence;
  /** Gives up the lock of a task that has a result now. */
  giveUp(lock: Lock): void;
}

const LIST_BATCH = 1024;
/** How long the sight of no failures is trusted, in milliseconds. A failure beside a result counts for nothing anyway. */
const LOOK_MS = 20;

/** The results of the jugdir. */
export function createResults({ jugdir, changes, packs, presence, giveUp }: ResultParts): Results {
  const { layout, files } = jugdir;

  /** Gives what lies at `draft` its name as a result, unless there is one already. The draft may stay. */
  function publish(draft: string, hash: Hash): boolean {
    const path = layout.result(hash);
    jugdir.prepareResult(hash);
    const outcome = files.link(draft, path);
    if (outcome !== "unsupported") return outcome === "linked";
    // Without links two who finish at once may both believe to be first; both results are whole.
    if (files.exists(path)) return false;
    files.rename(draft, path);
    return true;
  }

  /** Removes a result that was published from `draft` just now. */
  function retract(draft: string, hash: Hash): void {
    const path = layout.result(hash);
    const [ours, there] = [files.stat(draft), files.stat(path)];
    // Without links the draft is gone.
    if (ours === undefined || ours.ino === there?.ino) files.remove(path);
  }

  /** Writes a draft of somebody who is not registered: as long as it is open others of this host know that it is not left. */
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
      // Before the lock is given up: whoever claims the task next must see that the folder changed.
      jugdir.showChange(layout.resultFolder(hash));
      if (!packs.has(hash)) return true;
      // Somebody else's result was packed since we claimed the task.
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
    // Taken aside first and looked at again: between the look and the removal somebody may have mended it.
    const aside = jugdir.temporary(NOBODY);
    try {
      files.rename(path, aside);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound && !files.exists(path)) return false;
      throw error;
    }
    const taken = files.read(aside);
    const isStill = taken !== undefined && areEqual(taken, bytes);
    // We may have stood still for so long that it was tidied away.
    if (!isStill && taken !== undefined && !files.exists(aside)) files.create(aside, taken);
    if (!isStill) publish(aside, hash);
    files.remove(aside);
    return isStill;
  }

  /** Reads a result's file by `read`, again where this host may have remembered that there is none. */
  function readFile(hash: Hash, read: (path: string) => Uint8Array | undefined): Uint8Array | undefined {
    const path = layout.result(hash);
    const bytes = read(path);
    if (bytes !== undefined || jugdir.mount.kind === "local") return bytes;
    jugdir.refreshResults([hash]);
    return read(path);
  }

  /** A result, or no more than its first `limit` bytes. */
  function load(hash: Hash, limit: number | undefined): Uint8Array | undefined {
    // The pack first: as long as a result is in both, the file may be somebody's who is about to find that he is late.
    const packed = packs.load(hash, limit);
    if (packed !== undefined) return packed;
    const read = limit === undefined ? files.read : (path: string) => readHead(files, path, limit);
    return readFile(hash, read) ?? packs.load(hash, limit);
  }

  let failuresSeen = false;
  let lookedAt = -Infinity;

  /** As long as nothing ever failed there is nothing to forget, and one look serves for many results. */
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
        // What this host remembers as absent it would not remove.
        jugdir.refreshResults(hashes);
        for (const hash of hashes) {
          const path = layout.result(hash);
          if (files.exists(path) && files.remove(path)) removed.add(hash);
        }
        // After the files: what is packed meanwhile is then seen to be missing, or seen here.
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
