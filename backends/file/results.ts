/**
 * Results and failures: storing, reading and removing them.
 *
 * @module
 */
import { batches } from "../../core/lists.ts";
import type { Hash } from "../../core/brand.ts";
import type {
  CompleteOutcome,
  Completion,
  FailureEntry,
  FailureReport,
  Lock,
  ReleaseOptions,
  ReleaseOutcome,
} from "../backend.ts";
import { areEqual } from "../bytes.ts";
import { segmentFileName } from "./segments/segment_name.ts";
import { encodeFrame, type FrameEntry } from "./segments/frame.ts";
import type { Jugdir } from "./jugdir.ts";
import type { Place } from "./segments/result_index.ts";
import type { Segments } from "./segments/segments.ts";
import { claimToken, parseClaimToken } from "./token.ts";
import type { Writers } from "./segments/writers.ts";

/** What results depend on. */
export interface ResultsParts {
  readonly jugdir: Jugdir;
  readonly segments: Segments;
  readonly writers: Writers;
  /** Claims a task for a result that comes with no lock. Returns the lock if the task is free. */
  readonly claimLate: (hashes: readonly Hash[]) => (Lock | undefined)[];
}

/** The results and failures of a jugdir. */
export interface Results {
  has(hashes: readonly Hash[]): Set<Hash>;
  list(): Iterable<readonly Hash[]>;
  load(hashes: readonly Hash[], length?: number): (Uint8Array | undefined)[];
  complete(items: readonly Completion[]): CompleteOutcome[];
  remove(hashes: readonly Hash[]): Set<Hash>;
  discard(hash: Hash, bytes: Uint8Array): boolean;
  fail(items: readonly FailureReport[]): void;
  release(locks: readonly Lock[], options?: ReleaseOptions): ReleaseOutcome[];
  listFailures(): Iterable<readonly FailureEntry[]>;
  loadFailures(hashes: readonly Hash[]): (Uint8Array | undefined)[];
  removeFailures(hashes: readonly Hash[]): number;
}

/** Larger results are stored in files of their own, so that they can be removed, in bytes. */
export const LARGE = 1 << 20;
const LIST_BATCH = 1024;
const NO_BYTES = new Uint8Array();

/** Creates the results of a jugdir. */
export function createResults({ jugdir, segments, writers, claimLate }: ResultsParts): Results {
  const { files, layout } = jugdir;
  const { index } = segments;

  function entryOf(
    kind: "result" | "failure",
    { hash, token }: Lock,
    { bytes, info }: Pick<Completion, "bytes" | "info">,
  ): FrameEntry | undefined {
    const claim = parseClaimToken(token);
    if (claim === undefined) return undefined;
    const { segment: origin, sequence } = claim;
    const common = { kind, hash, origin, sequence, info };
    if (bytes.length < LARGE) return { ...common, payload: bytes };
    jugdir.withFolders(() => {
      jugdir.makeFolder(layout.results);
      const path = layout.result(hash, token);
      files.remove(path); // what an attempt before left behind
      jugdir.write(path, bytes);
      jugdir.keepNames(layout.results);
    });
    return { ...common, payload: NO_BYTES, ownFileSize: bytes.length };
  }

  /**
   * Appends entries for claims of a thread of this process that is gone. Its segment is closed, which ends all its
   * claims, so a result cannot be stored under them any more. Returns the entries whose claims had not ended before.
   */
  function appendForLost(segment: string, entries: readonly FrameEntry[]): readonly FrameEntry[] {
    segments.refresh();
    const name = segments.find(segment);
    if (typeof name !== "object" || name.state === "seized") return [];
    if (name.state === "open") segments.shut(name, "inherit");
    const valid = entries.filter(({ kind, hash, sequence }) => kind !== "result" && !index.isEnded(hash, sequence));
    appendFreely(valid);
    return valid;
  }

  /**
   * Appends entries for claims of another thread of this process, which knows of it and does nothing with these claims
   * any more. Its segment stays open for its other claims. Returns the entries whose claims had not ended before.
   */
  function appendForBusy(entries: readonly FrameEntry[]): Set<FrameEntry> {
    segments.refresh();
    const isOpen = (segment: string) => {
      const name = segments.find(segment);
      return typeof name === "object" && name.state === "open";
    };
    const valid = entries.filter(({ hash, origin, sequence }) =>
      writers.isOwn(origin) && isOpen(origin) && !index.isEnded(hash, sequence)
    );
    appendFreely(valid);
    return new Set(valid);
  }

  /**
   * Appends entries for claims. Returns those whose claims were still valid.
   *
   * @param needsAll Whether an entry counts only if all others of the same segment do
   */
  function append(entries: readonly FrameEntry[], needsAll?: (entry: FrameEntry) => boolean): Set<FrameEntry> {
    const done = new Set<FrameEntry>();
    for (const [origin, part] of Map.groupBy(entries, (entry) => entry.origin)) {
      const writer = writers.find(origin);
      if (writer === undefined && writers.isOwn(origin)) {
        for (const entry of appendForLost(origin, part)) done.add(entry);
        continue;
      }
      let valid = part.filter(({ hash, sequence }) => writer?.claims.get(hash) === sequence);
      if (valid.length < part.length && needsAll !== undefined) valid = valid.filter((entry) => !needsAll(entry));
      if (writer !== undefined && valid.length > 0 && writer.append(valid)) {
        for (const entry of valid) done.add(entry);
      }
    }
    return done;
  }

  /** Writes entries that belong to no claim: to the segment of this thread, or to a new one that is closed at once. */
  function appendFreely(entries: readonly FrameEntry[]): void {
    if (entries.length === 0) return;
    const writer = writers.any();
    if (writer?.append(entries)) return;
    jugdir.withFolders(() => {
      const frame = encodeFrame(entries);
      const segment = `${writers.guest}.0.${jugdir.nextCount()}`;
      const draft = jugdir.temporary(writers.guest);
      jugdir.write(draft, frame.bytes);
      const name = { segment, length: frame.bytes.length, state: "closed" } as const;
      files.rename(draft, `${layout.segments}/${segmentFileName(name)}`);
      jugdir.touch(layout.segments);
      jugdir.keepNames(layout.segments);
      segments.commit(name, frame);
    });
  }

  function removeAll(kind: "removed" | "cleared", found: readonly (readonly [Hash, Place])[]): void {
    appendFreely(found.map(([hash, { sequence }]) => ({ kind, hash, origin: "", sequence, payload: NO_BYTES })));
    for (const [hash, { hasOwnFile, origin, sequence }] of found) {
      if (hasOwnFile) files.remove(layout.result(hash, claimToken({ segment: origin, sequence })));
    }
  }

  function complete(items: readonly Completion[]): CompleteOutcome[] {
    const entries = items.map((item) => item.lock === undefined ? undefined : entryOf("result", item.lock, item));
    const dependent = new Set(entries.filter((entry, i) => entry !== undefined && items[i]?.isBasedOnOthers === true));
    const done = append(
      entries.filter((entry) => entry !== undefined),
      dependent.size === 0 ? undefined : (entry) => dependent.has(entry),
    );
    const stored = entries.map((entry) => entry !== undefined && done.has(entry));
    const late = [...items.keys()].filter((i) => stored[i] !== true && items[i]?.isBasedOnOthers !== true);
    if (late.length > 0) {
      for (const i of storeLate(items, late)) stored[i] = true;
    }
    return items.map(({ hash }, i) => stored[i] === true ? "stored" : index.has(hash) ? "kept" : "lost");
  }

  /**
   * Stores results with no claim, or with one that was lost, if nobody has finished the task or is running it. Yields the
   * numbers of those that were stored.
   */
  function* storeLate(items: readonly Completion[], late: readonly number[]): Generator<number> {
    const locks = claimLate(late.flatMap((i) => items[i]?.hash ?? []));
    const again = new Map<FrameEntry, number>();
    for (const [n, i] of late.entries()) {
      const [item, lock] = [items[i], locks[n]];
      const entry = item && lock && entryOf("result", lock, item);
      if (entry !== undefined) again.set(entry, i);
    }
    const stored = append([...again.keys()]);
    for (const [entry, i] of again) if (stored.has(entry)) yield i;
  }

  function placesOf(hashes: readonly Hash[], find: (hash: Hash) => Place | undefined): (readonly [Hash, Place])[] {
    segments.refresh();
    return [...new Set(hashes)].flatMap((hash) => {
      const place = find(hash);
      return place === undefined ? [] : [[hash, place] as const];
    });
  }

  return {
    has(hashes) {
      segments.refresh();
      return new Set(hashes.filter((hash) => index.has(hash)));
    },
    *list() {
      segments.refresh();
      yield* batches([...index.results()], LIST_BATCH);
    },
    load(hashes, length) {
      segments.refresh();
      return segments.readAll("result", hashes, length);
    },
    complete,
    remove(hashes) {
      const found = placesOf(hashes, (hash) => index.result(hash));
      removeAll("removed", found);
      return new Set(found.map(([hash]) => hash));
    },
    discard(hash, bytes) {
      const [found] = placesOf([hash], () => index.result(hash));
      if (found === undefined) return false;
      const now = segments.read("result", hash);
      if (now !== undefined && !areEqual(now, bytes)) return false;
      removeAll("removed", [found]);
      return true;
    },
    fail(items) {
      append(items.flatMap((item) => entryOf("failure", item.lock, item) ?? []));
    },
    release(locks, { claimantWorks = false } = {}) {
      const entries = locks.map(({ hash, token }): FrameEntry | undefined => {
        const claim = parseClaimToken(token);
        if (claim === undefined) return undefined;
        return { kind: "released", hash, origin: claim.segment, sequence: claim.sequence, payload: NO_BYTES };
      });
      const known = entries.filter((entry) => entry !== undefined);
      const done = claimantWorks ? appendForBusy(known) : append(known);
      return entries.map((entry) => entry !== undefined && done.has(entry) ? "released" : "lost");
    },
    *listFailures() {
      segments.refresh();
      const failed = [...index.failures()].flatMap((hash) => {
        const place = index.failure(hash);
        if (place === undefined) return [];
        return [{ hash, token: claimToken({ segment: place.origin, sequence: place.sequence }) }];
      });
      yield* batches(failed, LIST_BATCH);
    },
    loadFailures(hashes) {
      segments.refresh();
      return segments.readAll("failure", hashes);
    },
    removeFailures(hashes) {
      const found = placesOf(hashes, (hash) => index.failure(hash));
      removeAll("cleared", found);
      return found.length;
    },
  };
}
