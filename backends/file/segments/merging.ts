/**
 * Merges closed segments into one, so that a jugdir has few files however many processes came and went.
 *
 * A process takes a closed segment by renaming it, so no two processes merge the same one. The merged segment names
 * those that it replaces, and appears complete, by a rename. Only then are they removed: a reader that misses one of
 * them lists the segments again and finds the merged one.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import { isStale } from "../errors.ts";
import type { FrameEntry, FrameIndex } from "./frame.ts";
import { framesOf } from "./frame_reader.ts";
import type { Jugdir } from "../jugdir.ts";
import type { OwnerLiveness } from "../owners/owner_liveness.ts";
import { MOST_PROCESSES } from "../../stored/process_facts.ts";
import { ProcessTable } from "./process_table.ts";
import { SegmentDraft } from "./segment_draft.ts";
import { segmentFileName, type SegmentName } from "./segment_name.ts";
import { isAt } from "./result_index.ts";
import type { Segments } from "./segments.ts";
import type { OpenFile } from "../system/file_system.ts";

/** What merging depends on. */
export interface MergingParts {
  readonly jugdir: Jugdir;
  readonly segments: Segments;
  readonly liveness: OwnerLiveness;
}

/** Merges the segments of a jugdir. */
export interface Merging {
  /**
   * Merges closed segments if there are many. `all`: merges all of them.
   *
   * @param merger Returns the owner in whose name this happens: it must be registered. If it dies, another process
   * continues
   * @returns How many segments were merged
   */
  merge(merger: () => string, all?: boolean): number;
}

/** Fewer closed segments are not worth merging. */
const MANY = 64;
const NO_BYTES = new Uint8Array();

/**
 * Returns the segments to merge: the smallest ones, up to the first that is larger than all before it together. So each
 * result is copied only as often as the size of its segment doubles.
 */
function choose(closed: readonly SegmentName[]): SegmentName[] {
  const sorted = closed.toSorted((one, other) => one.length - other.length);
  const chosen: SegmentName[] = [];
  let sum = 0;
  for (const name of sorted) {
    if (chosen.length >= MANY / 2 && name.length > sum) break;
    chosen.push(name);
    sum += name.length;
  }
  return chosen;
}

/** Creates the merging of a jugdir. */
export function createMerging({ jugdir, segments, liveness }: MergingParts): Merging {
  const { files, layout } = jugdir;
  const pathOf = (name: SegmentName) => `${layout.segments}/${segmentFileName(name)}`;

  /** Whether nobody merges a closed segment. A merger is registered until it has finished. */
  function isFree({ segment, state, merger }: SegmentName): boolean {
    if (state === "open") return false;
    if (merger === undefined) return true;
    const isLocal = jugdir.mount.kind === "local";
    if (isLocal && !files.exists(layout.worker(merger))) return true;
    return liveness.judge(merger, { home: undefined, place: `${segment} ${merger}`, stamp: merger }) === "dead";
  }

  /** Takes a closed segment; returns `undefined` if another process has taken it. */
  function take(name: SegmentName, merger: string): SegmentName | undefined {
    const taken = { ...name, merger };
    try {
      files.rename(pathOf(name), pathOf(taken));
      return taken;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Merges segments that this process has taken. Returns false if another process has taken one of them since. */
  function merge(sources: readonly SegmentName[], merger: string): boolean {
    jugdir.makeFolder(layout.tmp);
    const draft = jugdir.temporary(merger);
    try {
      const length = write(draft, sources);
      files.rename(draft, pathOf({ segment: `${merger}.0.${jugdir.nextCount()}`, length, state: "closed" }));
    } catch (error) {
      files.remove(draft);
      giveBack(sources);
      if (error instanceof Deno.errors.NotFound || isStale(error)) return false;
      throw error;
    }
    files.syncFolder(layout.segments);
    jugdir.touch(layout.segments);
    for (const source of sources) files.remove(pathOf(source));
    segments.refresh();
    return true;
  }

  /** Lets others merge these segments. */
  function giveBack(sources: readonly SegmentName[]): void {
    for (const source of sources) {
      const { merger: _merger, ...free } = source;
      try {
        files.rename(pathOf(source), pathOf(free));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Writes what still counts of all sources to a new file. Returns its length. */
  function write(path: string, sources: readonly SegmentName[]): number {
    const replaces = sources.flatMap((source) => [source.segment, ...replacedBy(source)]);
    const processes = new ProcessTable();
    using draft = new SegmentDraft(files, path, replaces);
    for (const source of sources) {
      using file = files.open(pathOf(source), "read");
      for (const entry of entriesToKeep(source, file, processes)) draft.add(entry);
      processes.noteEnd(source);
    }
    return draft.finish(processes.latestFirst().slice(0, MOST_PROCESSES));
  }

  /** Returns the segments that were merged into this one. */
  function replacedBy(source: SegmentName): readonly string[] {
    using file = files.open(pathOf(source), "read");
    const [first] = framesOf(file, 0, source.length);
    return first?.index.replaces ?? [];
  }

  /**
   * Yields what still counts, and collects the processes. Claims made with a closed segment are void, so how they ended
   * means nothing any more.
   */
  function* entriesToKeep(
    { segment, length }: SegmentName,
    file: OpenFile,
    processes: ProcessTable,
  ): Generator<FrameEntry> {
    for (const { index, payloadsAt } of framesOf(file, 0, length)) {
      processes.add(index.processes);
      let position = payloadsAt;
      for (let i = 0; i < index.count; i++) {
        if (counts(index, i, segment, position)) yield entryOf(index, i, file, position);
        if (!index.hasOwnFile(i)) position += index.size(i);
      }
    }
  }

  function counts(frame: FrameIndex, i: number, segment: string, position: number): boolean {
    const hash = frame.hash(i);
    switch (frame.kind(i)) {
      case "result":
        return isAt(segments.index.result(hash), segment, position);
      case "failure":
        return isAt(segments.index.failure(hash), segment, position);
      case "removed":
      case "cleared":
        return true;
      case "released":
        return false;
    }
  }

  function entryOf(frame: FrameIndex, i: number, file: OpenFile, position: number): FrameEntry {
    const hash: Hash = frame.hash(i);
    const size = frame.size(i);
    const common = {
      kind: frame.kind(i),
      hash,
      origin: frame.origin(i),
      sequence: frame.sequence(i),
      info: frame.info(i),
    };
    if (frame.hasOwnFile(i)) return { ...common, payload: NO_BYTES, ownFileSize: size };
    return { ...common, payload: size === 0 ? NO_BYTES : file.read(position, size) };
  }

  return {
    merge(merger, all = false) {
      segments.refresh();
      liveness.newRound();
      // A merger may have died before it removed what it had merged.
      for (const left of segments.replaced()) files.remove(pathOf(left));
      const free = segments.all().filter(isFree);
      if (free.length < (all ? 2 : MANY)) return 0;
      const chosen = all ? free : choose(free);
      const owner = merger();
      const taken = chosen.flatMap((name) => take(name, owner) ?? []);
      if (taken.length === 1) giveBack(taken);
      return taken.length >= 2 && merge(taken, owner) ? taken.length : 0;
    },
  };
}
