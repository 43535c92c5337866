/**
 * What a backend lists of a run, from the metadata of its record.
 *
 * @module
 */
import type { RunInfo } from "../../backends/backend.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import type { RecordMeta } from "../../core/value/record.ts";
import { readArguments, type RecordedArguments } from "../../core/value/recorded/form.ts";
import { summaryOf } from "../../core/value/recorded/summary.ts";

/** A result or failure to be stored: its encoded record, and what listings show of it. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly info: RunInfo;
}

/** Returns the metadata that tell how the function of a task was called. */
export function calledAs(
  { definition: { version } }: Pick<DeclaredTask, "definition">,
  args: RecordedArguments | undefined,
): Pick<RecordMeta, "version" | "args"> {
  if (version === undefined) return { args };
  return { version, args };
}

/** Returns what a backend lists of a run whose record was read. */
export function runInfo(meta: RecordMeta): RunInfo {
  return runInfoWith(meta, readArguments(meta.args));
}

/** Returns what a backend lists of a run with these arguments. */
export function runInfoWith(
  { name, start, finish, worker, code, trace }: RecordMeta,
  args: RecordedArguments | undefined,
): RunInfo {
  return {
    name,
    start,
    finish,
    worker,
    ...code === undefined ? {} : { code },
    ...trace === undefined ? {} : { trace },
    ...args === undefined ? {} : { args: summaryOf(args) },
  };
}
