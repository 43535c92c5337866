/**
 * The segment of one worker thread: what the thread appends counts as soon as the segment is renamed to its new length.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { Claimant } from "../../backend.ts";
import { encodeFrame, type FrameEntry, reusedMemory } from "./frame.ts";
import { isStale } from "../errors.ts";
import type { Jugdir } from "../jugdir.ts";
import { recordOf } from "./process_table.ts";
import { segmentFileName, type SegmentName } from "./segment_name.ts";
import type { Segments } from "./segments.ts";

/** Appends to a segment. */
export interface SegmentWriter {
  /** The segment's name. */
  readonly segment: string;
  /** Whether more can be appended, as far as this thread knows. */
  readonly isOpen: boolean;
  /**
   * Whether the segment is still open. After a stop of the process, another one may have seized it, and what is claimed
   * with it then belongs to nobody. Over a network, this looks only if a long time has passed since the last look.
   */
  isUsable(leaseMs: number): boolean;
  /** The claims made with this segment that have not ended: the sequence number of each. */
  readonly claims: ReadonlyMap<Hash, number>;
  /** Notes a claim. */
  addClaim(hash: Hash, sequence: number): void;
  /**
   * Appends entries. Returns whether they count: all or none. If not, another process has closed the segment, and all
   * claims made with it are lost.
   */
  append(entries: readonly FrameEntry[]): boolean;
  /** Closes the segment. Its claims are given back. */
  close(): void;
  /** Closes the file. The segment stays open, and so its claims stay valid. */
  detach(): void;
}

/** After how many ended claims the map of claims is made anew. */
const RENEWED = 4096;

/** Creates a segment of a thread. */
export function createSegment(jugdir: Jugdir, segments: Segments, { owner, thread }: Claimant): SegmentWriter {
  const { files, layout } = jugdir;
  const segment = `${owner.id}.${thread}.${jugdir.nextCount()}`;
  const pathOf = (name: SegmentName) => `${layout.segments}/${segmentFileName(name)}`;
  let name: SegmentName = { segment, length: 0, state: "open" };
  const file = files.open(pathOf(name), "create");
  // Its later names need not be on the disk: if the process died, what is intact behind the length in the name counts.
  jugdir.keepNames(layout.segments);
  segments.commit(name);
  let claims = new Map<Hash, number>();
  let endedClaims = 0;
  const allocate = reusedMemory();
  let isOpen = true;
  /** When the segment was last known to be open. */
  let lookedAt = jugdir.clock();

  /**
   * From time to time makes a new map: a map that changes with each task leaves its old tables to the garbage collector,
   * which frees them late, because each is linked to the next.
   */
  function endClaim(hash: Hash): void {
    claims.delete(hash);
    if (++endedClaims % RENEWED === 0) claims = new Map(claims);
  }

  function end(): void {
    isOpen = false;
    claims.clear();
    file.close();
  }

  /**
   * Writes a frame behind what counts. If that fails, the segment is closed, so that no byte is written twice. Returns
   * false if the segment was seized, merged and removed meanwhile.
   */
  function write(frame: Uint8Array): boolean {
    try {
      file.write(frame, name.length);
      // Other hosts see only what has reached the file server.
      if (jugdir.mount.kind === "network" || jugdir.durable) file.sync();
      return true;
    } catch (error) {
      const wasThere = segments.shut(name, "close");
      end();
      if (wasThere) freeRest();
      if (wasThere || !isStale(error)) throw error;
      segments.refresh();
      return false;
    }
  }

  /** Frees the room of what was written but does not count. */
  function freeRest(): void {
    try {
      files.truncate(pathOf({ ...name, state: "closed" }), name.length);
    } catch {
      // It does not count, and it is dropped when the segment is merged.
    }
  }

  /** Renames the segment. Returns whether what was appended counts. */
  function rename(next: SegmentName, entries: readonly FrameEntry[]): boolean {
    try {
      files.rename(pathOf(name), pathOf(next));
      jugdir.touch(layout.segments);
      return true;
    } catch (error) {
      // A client of a file server may report an error for a rename that was carried out.
      segments.refresh();
      const now = segments.find(segment);
      if (typeof now === "object" && now.state === "open" && now.length === next.length) return true;
      const wasTaken = error instanceof Deno.errors.NotFound || now === "merged" || now?.state !== "open";
      if (!wasTaken) segments.shut(name, "close");
      end();
      if (!wasTaken) throw error;
    }
    return wasAdopted(next, entries);
  }

  /** Whether whoever closed the segment found the frame in it. */
  function wasAdopted(next: SegmentName, entries: readonly FrameEntry[]): boolean {
    const now = segments.find(segment);
    if (typeof now === "object") return now.length >= next.length;
    const isThere = ({ kind, hash, sequence }: FrameEntry) =>
      kind === "result" && segments.index.result(hash)?.sequence === sequence;
    return now === "merged" && entries.every(isThere);
  }

  return {
    segment,
    get isOpen() {
      return isOpen;
    },
    get claims() {
      return claims;
    },
    addClaim: (hash, sequence) => void claims.set(hash, sequence),
    isUsable(leaseMs) {
      if (!isOpen) return false;
      if (jugdir.mount.kind === "network") {
        const since = lookedAt;
        if (jugdir.clock() - since < leaseMs / 2) return true;
        lookedAt = jugdir.clock();
        segments.refresh();
      }
      const now = segments.find(segment);
      const isThere = jugdir.mount.kind === "network" || files.exists(pathOf(name));
      if (isThere && typeof now === "object" && now.state === "open") return true;
      end();
      return false;
    },
    append(entries) {
      // The first frame says whose segment it is, for the case that the process is killed.
      const frame = encodeFrame(entries, name.length === 0 ? { processes: [recordOf(owner)] } : {}, allocate);
      if (!write(frame.bytes)) return false;
      const next: SegmentName = { segment, length: name.length + frame.bytes.length, state: "open" };
      if (!rename(next, entries)) return false;
      if (!isOpen) return true;
      name = next;
      lookedAt = jugdir.clock();
      segments.commit(next, frame);
      for (const { kind, hash, sequence } of entries) {
        const endsClaim = kind === "result" || kind === "failure" || kind === "released";
        if (endsClaim && claims.get(hash) === sequence) endClaim(hash);
      }
      return true;
    },
    close() {
      if (!isOpen) return;
      segments.shut(name, "close");
      end();
    },
    detach: () => isOpen ? end() : undefined,
  };
}
