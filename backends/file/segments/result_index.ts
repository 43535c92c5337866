/**
 * What the segments say, in memory: where the result of each task is, which tasks failed, and which claims have ended.
 *
 * Claims of one task follow each other, and each has a larger sequence number than the one before. So one number a task
 * says which of its claims have ended, and one says which of its results were removed.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { Change } from "../../backend.ts";
import { DurationSums } from "../../duration_classes.ts";
import type { EntryKind, FrameIndex } from "./frame.ts";
import { HashTable } from "../../../core/hash_table.ts";

/** Where a record is. */
export interface Place {
  /** The segment that contains it. */
  readonly segment: string;
  /** Its position in the segment, in bytes. */
  readonly position: number;
  /** Its size, in bytes. */
  readonly size: number;
  /** Whether it is in a file of its own instead. */
  readonly hasOwnFile: boolean;
  /** The sequence number of the claim under which it was written. */
  readonly sequence: number;
  /** The segment to which it was first written. */
  readonly origin: string;
}

/** Whether a record is at this position of a segment. */
export function isAt(place: Place | undefined, segment: string, position: number): boolean {
  return place?.segment === segment && place.position === position;
}

/** Waiting workers look at all tasks now and then, so they need not know of every change. */
const MOST_CHANGES = 10_000;
const CHANGES: Readonly<Partial<Record<EntryKind, Change["kind"]>>> = {
  result: "finished",
  failure: "failed",
  released: "released",
  removed: "removed",
};

const NONE = -1;
const FIRST_CAPACITY = 64;

/** Numbers texts, so that arrays of numbers can refer to them. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  at(number: number): string {
    return this.#names[number] ?? "";
  }
}

/** One record for each task: its result, or its last failure. */
class Records {
  readonly #names: Names;
  /** The sequence number of the claim; `NONE`: there is no record. */
  #sequence = new Float64Array(FIRST_CAPACITY).fill(NONE);
  #position = new Float64Array(FIRST_CAPACITY);
  #size = new Float64Array(FIRST_CAPACITY);
  #segment = new Uint32Array(FIRST_CAPACITY);
  #origin = new Uint32Array(FIRST_CAPACITY);
  #hasOwnFile = new Uint8Array(FIRST_CAPACITY);
  /** Records under this claim or an earlier one were removed. */
  #removedTo = new Float64Array(FIRST_CAPACITY).fill(NONE);

  constructor(names: Names) {
    this.#names = names;
  }

  reserve(count: number): void {
    if (count <= this.#sequence.length) return;
    const capacity = 2 * this.#sequence.length;
    const grow = <T extends Float64Array | Uint32Array | Uint8Array>(old: T, larger: T): T => (larger.set(old), larger);
    this.#sequence = grow(this.#sequence, new Float64Array(capacity).fill(NONE));
    this.#removedTo = grow(this.#removedTo, new Float64Array(capacity).fill(NONE));
    this.#position = grow(this.#position, new Float64Array(capacity));
    this.#size = grow(this.#size, new Float64Array(capacity));
    this.#segment = grow(this.#segment, new Uint32Array(capacity));
    this.#origin = grow(this.#origin, new Uint32Array(capacity));
    this.#hasOwnFile = grow(this.#hasOwnFile, new Uint8Array(capacity));
  }

  has(task: number): boolean {
    return task >= 0 && (this.#sequence[task] ?? NONE) !== NONE;
  }

  at(task: number): Place | undefined {
    if (!this.has(task)) return undefined;
    return {
      segment: this.#names.at(this.#segment[task] ?? 0),
      position: this.#position[task] ?? 0,
      size: this.#size[task] ?? 0,
      hasOwnFile: this.#hasOwnFile[task] === 1,
      sequence: this.#sequence[task] ?? NONE,
      origin: this.#names.at(this.#origin[task] ?? 0),
    };
  }

  /**
   * Sets the record of a task, unless it was removed. Of two records, that of the later claim counts: a task is claimed
   * again only if its result was removed, but the segment that says so may not have been read yet. Returns whether this
   * is another record.
   */
  set(task: number, { segment, position, size, hasOwnFile, sequence, origin }: Place): boolean {
    if (sequence <= (this.#removedTo[task] ?? NONE)) return false;
    const known = this.#sequence[task] ?? NONE;
    // The same record again means that segments were merged. The older ones will be removed.
    if (sequence < known) return false;
    this.#sequence[task] = sequence;
    this.#position[task] = position;
    this.#size[task] = size;
    this.#segment[task] = this.#names.number(segment);
    this.#origin[task] = this.#names.number(origin);
    this.#hasOwnFile[task] = hasOwnFile ? 1 : 0;
    return sequence !== known;
  }

  drop(segment: string): void {
    const number = this.#names.number(segment);
    for (let task = 0; task < this.#sequence.length; task++) {
      if (this.#segment[task] === number) this.#sequence[task] = NONE;
    }
  }

  /** Removes the records of a task up to that of this claim. Returns whether that was not known before. */
  remove(task: number, sequence: number): boolean {
    if (sequence <= (this.#removedTo[task] ?? NONE)) return false;
    this.#removedTo[task] = sequence;
    if ((this.#sequence[task] ?? NONE) <= sequence) this.#sequence[task] = NONE;
    return true;
  }
}

/** The index of all segments. */
export class ResultIndex {
  /** The durations of the runs of all results. */
  readonly durations: DurationSums = new DurationSums();
  readonly #tasks = new HashTable();
  readonly #names = new Names();
  readonly #results = new Records(this.#names);
  readonly #failures = new Records(this.#names);
  /**
   * What has changed since {@linkcode ResultIndex.takeChanges} was last called, by the number of the task: making its
   * hash costs as much as indexing it, and often nobody asks.
   */
  #changes: { readonly kind: Change["kind"]; readonly task: number }[] = [];
  /** By task: claims up to this one have ended. */
  #endedTo = new Float64Array(FIRST_CAPACITY).fill(NONE);

  /** Adds a frame of `segment`. Its payloads begin at `payloadsAt`. */
  add(frame: FrameIndex, segment: string, payloadsAt: number): void {
    let position = payloadsAt;
    for (let i = 0; i < frame.count; i++) {
      const hasOwnFile = frame.hasOwnFile(i);
      const size = frame.size(i);
      this.#apply(frame, i, {
        segment,
        position,
        size,
        hasOwnFile,
        sequence: frame.sequence(i),
        origin: frame.origin(i),
      });
      if (!hasOwnFile) position += size;
    }
  }

  #apply(frame: FrameIndex, i: number, place: Place): void {
    const kind = frame.kind(i);
    const { bytes, at } = frame.hashBytes(i);
    const task = this.#tasks.add(bytes, at);
    this.#reserve(task + 1);
    const isNew = this.#record(kind, task, place);
    if (isNew && kind === "result" && frame.hasInfo(i)) this.durations.add(frame.name(i), frame.duration(i));
    const change = CHANGES[kind];
    if (isNew && change !== undefined) this.#note(change, task);
    if (place.sequence > (this.#endedTo[task] ?? NONE)) this.#endedTo[task] = place.sequence;
  }

  /** Records an entry. Returns whether it says something new: what was merged is read again. */
  #record(kind: EntryKind, task: number, place: Place): boolean {
    switch (kind) {
      case "result":
        return this.#results.set(task, place);
      case "failure":
        return this.#failures.set(task, place);
      case "removed":
        // A failure before that result must not show up again.
        this.#failures.remove(task, place.sequence);
        return this.#results.remove(task, place.sequence);
      case "cleared":
        return this.#failures.remove(task, place.sequence);
      case "released":
        return place.sequence > (this.#endedTo[task] ?? NONE);
    }
  }

  /** Returns what was added since the last call, in order. Of very many changes, the oldest are left out. */
  takeChanges(): readonly Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes.map(({ kind, task }) => ({ kind, hash: this.#tasks.at(task) }));
  }

  #note(kind: Change["kind"], task: number): void {
    if (this.#changes.length >= MOST_CHANGES) this.#changes = [];
    this.#changes.push({ kind, task });
  }

  #reserve(count: number): void {
    this.#results.reserve(count);
    this.#failures.reserve(count);
    if (count <= this.#endedTo.length) return;
    const larger = new Float64Array(2 * this.#endedTo.length).fill(NONE);
    larger.set(this.#endedTo);
    this.#endedTo = larger;
  }

  /** Forgets the records in a segment that does not exist any more. */
  drop(segment: string): void {
    this.#results.drop(segment);
    this.#failures.drop(segment);
  }

  /** Whether the task has a result. */
  has(hash: Hash): boolean {
    return this.#results.has(this.#tasks.find(hash));
  }

  /** Returns where the result of a task is. */
  result(hash: Hash): Place | undefined {
    return this.#results.at(this.#tasks.find(hash));
  }

  /** Returns where the last failure of a task is, if the task has no result. */
  failure(hash: Hash): Place | undefined {
    const task = this.#tasks.find(hash);
    return this.#results.has(task) ? undefined : this.#failures.at(task);
  }

  /** Whether the claim of the task with this sequence number has ended. */
  isEnded(hash: Hash, sequence: number): boolean {
    const task = this.#tasks.find(hash);
    return task >= 0 && sequence <= (this.#endedTo[task] ?? NONE);
  }

  /** Lists the tasks that have results. */
  *results(): Generator<Hash> {
    for (let task = 0; task < this.#tasks.size; task++) if (this.#results.has(task)) yield this.#tasks.at(task);
  }

  /** Lists the tasks that failed and have no result. */
  *failures(): Generator<Hash> {
    for (let task = 0; task < this.#tasks.size; task++) {
      if (this.#failures.has(task) && !this.#results.has(task)) yield this.#tasks.at(task);
    }
  }
}
