/**
 * Runs and processes as listings show them, made by a test.
 *
 * @module
 */
import type { ProcessEntry, RunEntry } from "../../../backends/backend.ts";
import { RunCollector, type RunColumns } from "../../../engine/analysis/run_columns.ts";
import { hashOf } from "../fake_inspection.ts";

/** Returns the run of the task with this number. */
export function entry(index: number, start: number, finish: number, more: Partial<RunEntry> = {}): RunEntry {
  return { hash: hashOf(index), kind: "result", size: 100, name: "m.f", worker: "a:1.0", start, finish, ...more };
}

/** Returns the columns of these runs. */
export function columnsOf(...entries: readonly RunEntry[]): RunColumns {
  const collector = new RunCollector();
  for (const entry of entries) collector.add(entry);
  return collector.columns();
}

/** Returns a process that left. */
export function processEntry(host: string, pid: number, more: Partial<ProcessEntry> = {}): ProcessEntry {
  return { id: `${host}-${pid}`, host, pid, started: 0, state: "left", left: 100, options: undefined, ...more };
}
