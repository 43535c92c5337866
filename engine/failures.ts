/**
 * Failures as they are recorded: what went wrong, where, when.
 *
 * @module
 */
import type { Backend, Claimant } from "../backends/backend.ts";
import type { Hash } from "../core/brand.ts";
import { formatArguments } from "../core/format.ts";
import { decodeRecord, encodeRecord } from "../core/record.ts";
import type { DeclaredTask } from "../core/session.ts";
import { reportError } from "./error_report.ts";

/** A failure of a task. */
export interface Failure {
  readonly task: string;
  /** The arguments, cut to a line. */
  readonly args: string;
  /** The error's name and message. */
  readonly error: string;
  readonly message: string;
  /** Frames of the user's own code, innermost first. */
  readonly frames: readonly string[];
  readonly stack: string;
  readonly host: string | undefined;
  readonly pid: number | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Which attempt it was, counted from 1. */
  readonly attempt: number;
  /** What the task printed, all attempts together. */
  readonly log: string | undefined;
  /** Whether later runs leave the task alone (`--keep-failed`). */
  readonly kept: boolean;
}

/** The circumstances of a failure. */
export interface FailureContext {
  readonly start: number;
  readonly finish: number;
  readonly claimant: Claimant;
  readonly kept: boolean;
  readonly attempt: number;
  readonly log: string | undefined;
}

/** The record of a failure. */
export function encodeFailure(task: DeclaredTask, thrown: unknown, context: FailureContext): Uint8Array {
  const error = reportError(thrown);
  const { owner, thread } = context.claimant;
  const value: Failure = {
    task: task.name,
    args: formatArguments(task.args),
    error: error.name,
    message: error.message,
    frames: error.frames,
    stack: error.stack,
    host: owner.host,
    pid: owner.pid,
    time: context.finish,
    attempt: context.attempt,
    log: context.log,
    kept: context.kept,
  };
  const worker = `${owner.host ?? "host"}:${owner.pid ?? owner.id}.${thread}`;
  const meta = { name: task.name, start: context.start, finish: context.finish, worker, hash: task.hash };
  return encodeRecord({ type: "failure", value, meta, label: task.name });
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "task" in value && "message" in value && "kept" in value;
}

/** What a failure's record says; `undefined` where it is damaged. */
export function decodeFailure(bytes: Uint8Array): Failure | undefined {
  const record = decodeRecord(bytes);
  return record.kind === "valid" && isFailure(record.value) ? record.value : undefined;
}

/** The tasks whose failures are kept: they are not tried again. */
export async function keptFailures(backend: Backend): Promise<Set<Hash>> {
  const kept = new Set<Hash>();
  for await (const entries of backend.listFailures()) {
    const hashes = entries.map((entry) => entry.hash);
    const records = await backend.loadFailures(hashes);
    for (const [i, hash] of hashes.entries()) {
      const bytes = records[i];
      if (bytes !== undefined && decodeFailure(bytes)?.kept) kept.add(hash);
    }
  }
  return kept;
}
