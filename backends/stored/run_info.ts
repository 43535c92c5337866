/**
 * The form of what a store says of a run besides its result.
 *
 * @module
 */
import { headLength, readMeta } from "../../core/value/record.ts";
import { readArguments } from "../../core/value/recorded/form.ts";
import { LONGEST_SUMMARY, summaryOf } from "../../core/value/recorded/summary.ts";
import type { RunEntry, RunInfo } from "../backend.ts";
import { isCodeId } from "../validation.ts";
import { isObject, numberIn, textIn } from "./fields.ts";

/** How many bytes of a record to read first. They hold the metadata of most records. */
export const HEAD_BYTES = 512;
/**
 * The most bytes of a record to read for its metadata, which contain what the task printed. A damaged record may name
 * any length.
 */
const LONGEST_HEAD = 16 * 1024 * 1024;

/** Returns what is known of a run, `undefined` if an object from outside does not have the form. */
export function runInfoOf(found: unknown): RunInfo | undefined {
  if (!isObject(found)) return undefined;
  const [name, worker] = [textIn(found["name"]), textIn(found["worker"])];
  const [start, finish] = [numberIn(found["start"]), numberIn(found["finish"])];
  if (name === undefined || worker === undefined || start === undefined || finish === undefined) return undefined;
  const [code, trace, args] = [textIn(found["code"]), textIn(found["trace"]), textIn(found["args"])];
  return {
    name,
    start,
    finish,
    worker,
    ...code === undefined || !isCodeId(code) ? {} : { code },
    ...trace === undefined ? {} : { trace },
    ...args === undefined || args.length > LONGEST_SUMMARY ? {} : { args },
  };
}

/** Returns the duration of a run in milliseconds. It is 0 if a clock was set back. */
export function durationOf({ start, finish }: RunInfo): number {
  const duration = finish - start;
  return duration > 0 && Number.isFinite(duration) ? duration : 0;
}

/** A run as some stores keep it: a list without the names of its properties, which would double its size. */
export type RunRow = readonly [size: number, ...(string | number | null)[]];

/** Returns the list for a run. */
export function runRow(size: number, { name, start, finish, worker, code, trace, args }: RunInfo): RunRow {
  const all = [size, name, start, finish, worker, code ?? null, trace ?? null, args ?? null] as const;
  const end = all.findLastIndex((value) => value !== null) + 1;
  return [size, ...all.slice(1, end)];
}

/** Returns the run of a list from outside, `undefined` if it does not have the form. */
export function runOfRow(row: unknown): Pick<RunEntry, "size"> & RunInfo | undefined {
  if (!Array.isArray(row)) return undefined;
  const values: readonly unknown[] = row;
  const [size, name, start, finish, worker, code, trace, args] = values;
  const info = runInfoOf({ name, start, finish, worker, code, trace, args });
  const bytes = numberIn(size);
  return info === undefined || bytes === undefined ? undefined : { size: bytes, ...info };
}

/** Returns what the metadata of a record says of its run. `head`: the beginning of the record. */
export function runInfoOfRecord(head: Uint8Array): RunInfo | undefined {
  const meta = readMeta(head);
  const args = readArguments(meta?.args);
  return runInfoOf(meta && { ...meta, args: args && summaryOf(args) });
}

/**
 * Returns how many of a record's first bytes are needed for its metadata, if `head` does not hold all of it.
 * `undefined`: there are no more, or they are not needed.
 */
export function missingHead(head: Uint8Array): number | undefined {
  const length = headLength(head) ?? 0;
  return length > head.length && length <= LONGEST_HEAD ? length : undefined;
}
