/**
 * The segments of a jugdir, as one thread sees them. What counts is read once and indexed.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { isStale } from "../errors.ts";
import type { EncodedFrame } from "./frame.ts";
import { type FoundFrame, framesOf, intactEnd } from "./frame_reader.ts";
import type { Jugdir } from "../jugdir.ts";
import { ProcessTable } from "./process_table.ts";
import { readRuns } from "./read_runs.ts";
import { createRecordReader, readOwnFile } from "./record_reader.ts";
import { type Place, ResultIndex } from "./result_index.ts";
import { laterName, parseSegmentName, segmentFileName, type SegmentName } from "./segment_name.ts";
import { type OpenFile, openIfThere } from "../system/file_system.ts";
import { claimToken } from "../token.ts";

/** A segment, as far as it is known. */
export interface Seen {
  readonly name: SegmentName;
  /** How much of it is indexed, in bytes. */
  readonly indexed: number;
}

/** The segments of a jugdir. */
export interface Segments {
  readonly index: ResultIndex;
  /** The processes that the segments tell of. */
  readonly processes: ProcessTable;
  /** Lists the segments and indexes what is new. Returns whether anything is. */
  refresh(): boolean;
  /** Returns a segment's name as it was last seen; `merged`: the segment was merged into another one. */
  find(segment: string): SegmentName | "merged" | undefined;
  /** Returns the segment that contains what this one contained: itself, or the one it was merged into. */
  latest(segment: string): string;
  /** Returns the names of all segments as they were last seen. */
  all(): SegmentName[];
  /** Returns the files of segments that were merged but not removed yet. */
  replaced(): SegmentName[];
  /** Returns how much of each segment is indexed. */
  indexed(segment: string): number;
  /** Notes a new segment, or indexes a frame that this thread has committed: it ends where the segment now ends. */
  commit(name: SegmentName, frame?: EncodedFrame): void;
  /**
   * Closes a segment that is open. Returns false if it has another name by now.
   *
   * - `close`: by its owner, which has nothing more to append
   * - `inherit`: by its owner, whose thread is gone; what the thread has appended but not committed counts, too
   * - `seize`: by another process, since the owner is dead; the same
   *
   * @param leftAt When the owner left, in milliseconds since 1970, if it is closed because of that
   */
  shut(name: SegmentName, how: "close" | "inherit" | "seize", leftAt?: number): boolean;
  /** Yields the intact frames of a segment, as far as it is indexed. */
  frames(segment: string): Generator<FoundFrame>;
  /** Reads a record, at most `length` bytes of it. Returns `undefined` if it is not there any more. */
  read(kind: "result" | "failure", hash: Hash, length?: number): Uint8Array | undefined;
  /** Reads many records, in the order of `hashes`. Neighbours in a segment are read together, and share their memory. */
  readAll(kind: "result" | "failure", hashes: readonly Hash[], length?: number): (Uint8Array | undefined)[];
  close(): void;
}

/** A listing beside a rename may not show a segment. So many in a row that do not show it mean that it is gone. */
const MISSED_LOOKS = 5;
/** Over a network, a listing may be as old as this, in milliseconds. */
const MISSED_MS = 120_000;
/** How often segments are listed again because one was renamed between its listing and its opening. */
const LISTINGS = 64;

/** Opens the segments of a jugdir. Reads nothing yet. */
export function openSegments(jugdir: Jugdir): Segments {
  const { files, layout } = jugdir;
  const index = new ResultIndex();
  const processes = new ProcessTable();
  const seen = new Map<string, Seen>();
  /** By segment that was merged: the one it was merged into. */
  const merged = new Map<string, string>();
  const missingSince = new Map<string, { readonly clock: number; looks: number }>();
  const reader = createRecordReader(jugdir);
  const isNetwork = () => jugdir.mount.kind === "network";

  const pathOf = (name: SegmentName) => `${layout.segments}/${segmentFileName(name)}`;

  /** Lists the segments. A listing beside a rename may show both names, or neither. */
  function list(): Iterable<SegmentName> {
    jugdir.refresh(layout.segments);
    const names = new Map<string, SegmentName>();
    for (const fileName of files.names(layout.segments)) {
      const name = parseSegmentName(fileName);
      if (name === undefined) continue;
      const other = names.get(name.segment);
      names.set(name.segment, other === undefined ? name : laterName(other, name));
    }
    return names.values();
  }

  function latest(segment: string): string {
    const next = merged.get(segment);
    return next === undefined ? segment : latest(next);
  }

  function forget(segment: string, into: string): void {
    // A segment cannot replace itself, not even through others.
    if (latest(into) === segment) return;
    merged.set(segment, into);
    unsee(segment);
  }

  function unsee(segment: string): void {
    seen.delete(segment);
    missingSince.delete(segment);
    reader.forget(segment);
  }

  /** Indexes what is new in a segment. Returns false if the file has another name by now. */
  function advance(name: SegmentName): boolean {
    const known = seen.get(name.segment);
    // A listing may be older than what this thread has seen or done itself.
    const latest = known === undefined ? name : laterName(known.name, name);
    const indexed = known?.indexed ?? 0;
    if (latest.length > indexed) {
      try {
        using file = open(latest);
        if (file === undefined) return false;
        indexFrames(file, latest, indexed);
      } catch (error) {
        // Over a network, it may have been merged and removed at this moment.
        if (isStale(error)) return false;
        throw error;
      }
    }
    seen.set(name.segment, { name: latest, indexed: latest.length });
    processes.noteEnd(latest);
    return true;
  }

  const open = (name: SegmentName): OpenFile | undefined => openIfThere(files, pathOf(name));

  function indexFrames(file: OpenFile, { segment, length }: SegmentName, from: number): void {
    // A crash of the machine may have cut the file off, or destroyed a part of it. What is lost is computed again.
    const limit = Math.min(length, file.size());
    for (const frame of framesOf(file, from, limit)) {
      for (const replaced of frame.index.replaces) forget(replaced, segment);
      processes.add(frame.index.processes);
      index.add(frame.index, segment, frame.payloadsAt);
    }
  }

  /** Forgets segments that somebody has removed, with the whole jugdir for example. */
  function forgetLost(listed: ReadonlySet<string>): void {
    for (const segment of seen.keys()) {
      const since = missingSince.get(segment);
      if (listed.has(segment)) missingSince.delete(segment);
      else if (since === undefined) missingSince.set(segment, { clock: jugdir.clock(), looks: 1 });
      else if (++since.looks >= MISSED_LOOKS && (!isNetwork() || jugdir.clock() - since.clock >= MISSED_MS)) {
        // If it shows up again, it is read again.
        index.drop(segment);
        unsee(segment);
      }
    }
  }

  function refresh(): boolean {
    let isNew = false;
    for (let count = 0; count < LISTINGS; count++) {
      const names = [...list()];
      forgetLost(new Set(names.map(({ segment }) => segment)));
      let isComplete = missingSince.size === 0 || isNetwork();
      for (const name of names) {
        if (merged.has(name.segment)) continue;
        const before = seen.get(name.segment)?.name;
        if (!advance(name)) isComplete = false;
        const after = seen.get(name.segment)?.name;
        isNew ||= before?.length !== after?.length || before?.state !== after?.state;
      }
      if (isComplete) break;
    }
    return isNew;
  }

  /** Returns how much of a segment is intact; `undefined` if the file has another name by now. */
  function intactLength(name: SegmentName): number | undefined {
    try {
      using file = open(name);
      return file === undefined ? undefined : intactEnd(file, name.length);
    } catch (error) {
      if (isStale(error)) return undefined;
      throw error;
    }
  }

  function readAt({ segment, position }: Pick<Place, "segment" | "position">, length: number): Uint8Array | undefined {
    const known = seen.get(segment);
    return known === undefined ? undefined : reader.read(segment, pathOf(known.name), position, length);
  }

  function read(kind: "result" | "failure", hash: Hash, length = Infinity): Uint8Array | undefined {
    // Its segment may be renamed or merged between each listing and the opening that follows, more than once.
    for (let listings = 0; listings < LISTINGS; listings++) {
      const place = index[kind](hash);
      if (place === undefined) return undefined;
      const { origin, sequence, size, hasOwnFile } = place;
      const wanted = Math.min(length, size);
      if (hasOwnFile) {
        return readOwnFile(jugdir, layout.result(hash, claimToken({ segment: origin, sequence })), wanted);
      }
      const known = seen.get(place.segment);
      const bytes = readAt(place, wanted);
      if (bytes !== undefined) return bytes;
      refresh();
      const isSame = index[kind](hash)?.segment === place.segment && seen.get(place.segment) === known;
      if (isSame && listings > 0) return undefined;
    }
    return undefined;
  }

  return {
    index,
    processes,
    refresh,
    find: (segment) => merged.has(segment) ? "merged" : seen.get(segment)?.name,
    latest,
    all: () => Array.from(seen.values(), ({ name }) => name),
    replaced: () => [...list()].filter(({ segment }) => merged.has(segment)),
    indexed: (segment) => seen.get(segment)?.indexed ?? 0,
    commit(name, frame) {
      if (frame !== undefined) {
        index.add(frame.index, name.segment, name.length - frame.bytes.length + frame.payloadsAt);
        processes.add(frame.index.processes);
      }
      seen.set(name.segment, { name, indexed: name.length });
    },
    *frames(segment) {
      const known = seen.get(segment);
      using file = known && open(known.name);
      if (known !== undefined && file !== undefined) yield* framesOf(file, 0, Math.min(known.indexed, file.size()));
    },
    shut(name, how, leftAt) {
      const length = how === "close" ? name.length : intactLength(name);
      if (length === undefined) return false;
      const state = how === "seize" ? "seized" : "closed";
      const shut: SegmentName = { ...name, length, state, ...leftAt === undefined ? {} : { leftAt } };
      try {
        files.rename(pathOf(name), pathOf(shut));
        jugdir.touch(layout.segments);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
      advance(shut);
      return true;
    },
    read,
    readAll(kind, hashes, length = Infinity) {
      if (hashes.length < 2) return hashes.map((hash) => read(kind, hash, length));
      const found: (Uint8Array | undefined)[] = Array.from(hashes, () => undefined);
      const parts = hashes.flatMap((hash, i) => {
        const place = index[kind](hash);
        if (place === undefined || place.hasOwnFile) return [];
        const { segment, position, size } = place;
        return [{ i, segment, position, length: Math.min(length, size) }];
      });
      for (const [segment, inSegment] of Map.groupBy(parts, (part) => part.segment)) {
        for (const run of readRuns(inSegment)) {
          const bytes = readAt({ segment, position: run.position }, run.length);
          if (bytes === undefined) continue;
          for (const { i, position, length } of run.parts) {
            const start = position - run.position;
            if (start + length <= bytes.length) found[i] = bytes.subarray(start, start + length);
          }
        }
      }
      // The others are in files of their own, or their segment was renamed or merged meanwhile.
      return found.map((bytes, i) => {
        const hash = hashes[i];
        return bytes ?? (hash === undefined ? undefined : read(kind, hash, length));
      });
    },
    close: () => reader.close(),
  };
}
