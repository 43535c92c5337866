/**
 * The segments to which this thread appends: one for each claimant.
 *
 * @module
 */
import type { Claimant } from "../../backend.ts";
import type { Jugdir } from "../jugdir.ts";
import { createSegment, type SegmentWriter } from "./segment_writer.ts";
import type { Segments } from "./segments.ts";
import { ownerOfSegment } from "../token.ts";

/** The writers of this thread. */
export interface Writers {
  /** The owner of files that this process writes while it is not registered. */
  readonly guest: string;
  /** Returns the writer of a claimant. Creates a segment if it has none that is open. */
  of(claimant: Claimant): SegmentWriter;
  /** The claimant that claimed here last. */
  readonly claimant: Claimant | undefined;
  /** Returns the writer of the segment with this name, if it is open. */
  find(segment: string): SegmentWriter | undefined;
  /** Records an owner as this process. */
  register(owner: string): void;
  /** Whether this process made claims with the segment, possibly in another thread. */
  isOwn(segment: string): boolean;
  /** Returns a writer, if any is open. */
  any(): SegmentWriter | undefined;
  /** Closes the files. The segments stay open for their owners, and so do the claims. */
  detach(): void;
}

/** A segment that is longer is replaced by a new one when no claim needs it any more, in bytes. */
const LONG = 256 * 1024 * 1024;

/** Creates the writers of a thread. */
export function createWriters(jugdir: Jugdir, segments: Segments, guest: string): Writers {
  const writers = new Map<string, SegmentWriter>();
  const owners = new Set<string>();
  let last: Claimant | undefined;
  const open = (): SegmentWriter[] => [...writers.values()].filter((writer) => writer.isOpen);
  return {
    guest,
    get claimant() {
      return last;
    },
    of(claimant) {
      last = claimant;
      const { owner, thread } = claimant;
      owners.add(owner.id);
      const prefix = `${owner.id}.${thread}`;
      let writer = writers.get(prefix);
      if (writer?.isOpen && writer.claims.size === 0 && segments.indexed(writer.segment) > LONG) writer.close();
      if (writer === undefined || !writer.isUsable(owner.leaseMs)) {
        writer = jugdir.withFolders(() => createSegment(jugdir, segments, claimant));
        writers.set(prefix, writer);
      }
      return writer;
    },
    register: (owner) => void owners.add(owner),
    isOwn: (segment) => owners.has(ownerOfSegment(segment) ?? ""),
    find: (segment) => open().find((writer) => writer.segment === segment),
    any: () => open()[0],
    detach() {
      for (const writer of open()) writer.detach();
      writers.clear();
    },
  };
}
