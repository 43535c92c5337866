/**
 * Writes a whole segment: to a temporary file first, so that it appears under its name complete or not at all.
 *
 * @module
 */
import { encodeFrame, type FrameEntry, type FrameNotes } from "./frame.ts";
import type { ProcessRecord } from "./process_table.ts";
import type { FileSystem, OpenFile } from "../system/file_system.ts";

/** A frame has about this size, in bytes. */
const FRAME_BYTES = 4 << 20;

/** A segment that is being written. */
export class SegmentDraft implements Disposable {
  readonly #file: OpenFile;
  #entries: FrameEntry[] = [];
  #bytes = 0;
  #length = 0;

  /** `replaces`: the segments that are merged into this one. */
  constructor(files: FileSystem, path: string, replaces: readonly string[] = []) {
    this.#file = files.open(path, "create");
    if (replaces.length > 0) this.#flush({ replaces });
  }

  add(entry: FrameEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.payload.length;
    if (this.#bytes >= FRAME_BYTES) this.#flush();
  }

  /**
   * Writes the rest, and waits until everything is on the disk.
   *
   * @param processes The processes that the segment belongs to
   * @returns The length of the segment, in bytes
   */
  finish(processes: readonly ProcessRecord[] = []): number {
    if (this.#entries.length > 0 || processes.length > 0) this.#flush({ processes });
    this.#file.sync();
    return this.#length;
  }

  #flush(notes?: FrameNotes): void {
    const { bytes: frame } = encodeFrame(this.#entries, notes);
    this.#file.write(frame, this.#length);
    this.#length += frame.length;
    this.#entries = [];
    this.#bytes = 0;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
