/**
 * The processes that segments tell of. The first frame of a segment names the process that it belongs to, and the name
 * of a segment that was closed because its process left says when that was.
 *
 * @module
 */
import type { Owner, ProcessEntry } from "../../backend.ts";
import { isObject, textIn } from "../../stored/fields.ts";
import { factsIn, factsOf } from "../../stored/process_facts.ts";
import { isOwnerId } from "../../validation.ts";
import { ownerOfSegment } from "../token.ts";
import type { SegmentName } from "./segment_name.ts";

/** A process, as a segment tells of it. */
export type ProcessRecord = Omit<ProcessEntry, "state">;

/** Returns the record of a process that works. */
export function recordOf(owner: Owner): ProcessRecord {
  return { id: owner.id, ...factsOf(owner) };
}

/** Processes by their ids. Of two records of one process, that with the time at which it left counts. */
export class ProcessTable {
  readonly #processes = new Map<string, ProcessRecord>();

  add(records: readonly ProcessRecord[]): void {
    for (const record of records) {
      if (record.left === undefined && this.#processes.has(record.id)) continue;
      this.#processes.set(record.id, record);
    }
  }

  /** Notes when the process of a segment left, if the segment's name says so. */
  noteEnd({ segment, leftAt }: SegmentName): void {
    if (leftAt === undefined) return;
    const known = this.#processes.get(ownerOfSegment(segment) ?? "");
    if (known !== undefined) this.#processes.set(known.id, { ...known, left: leftAt });
  }

  get(id: string): ProcessRecord | undefined {
    return this.#processes.get(id);
  }

  /** Returns the processes, the last started first. */
  latestFirst(): ProcessRecord[] {
    return [...this.#processes.values()].toSorted((one, other) => (other.started ?? 0) - (one.started ?? 0));
  }
}

/** Returns what a value that was read says of a process, `undefined` if it names none. */
export function parseProcess(value: unknown): ProcessRecord | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value["id"]);
  return id === undefined || !isOwnerId(id) ? undefined : { id, ...factsIn(value) };
}
