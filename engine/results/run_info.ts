/**
 * What a backend lists of a run, from the metadata of its record.
 *
 * @module
 */
import type { RunInfo } from "../../backends/backend.ts";
import type { RecordMeta } from "../../core/value/record.ts";

/** A result or failure to be stored: its encoded record, and what listings show of it. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly info: RunInfo;
}

/** Returns what a backend lists of a run. */
export function runInfo({ name, start, finish, worker, code, trace }: RecordMeta): RunInfo {
  return {
    name,
    start,
    finish,
    worker,
    ...code === undefined ? {} : { code },
    ...trace === undefined ? {} : { trace },
  };
}
