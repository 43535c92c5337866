/**
 * Failures as they are recorded: what went wrong, where, when.
 *
 * @module
 */
import type { Backend, Claimant, Owner } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { formatArguments } from "../../core/format.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";
import { decodeRecord, encodeRecord, type NewerRecord } from "../../core/value/record.ts";
import type { DeclaredTask } from "../../core/session/session.ts";
import { reportError } from "./error_report.ts";
import { NewerRecordError } from "./newer_record.ts";
import { workerName } from "./owner.ts";

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
  /** The id of the process; missing in failures of earlier versions. */
  readonly owner?: string | undefined;
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

/** What is told of a task that failed; the arguments may be a text already. */
export type FailedTask = Pick<DeclaredTask, "name" | "hash"> & { readonly args: readonly unknown[] | string };

/** The record of a failure. */
export function encodeFailure(task: FailedTask, thrown: unknown, context: FailureContext): Uint8Array {
  const error = reportError(thrown);
  const { owner } = context.claimant;
  const value: Failure = {
    task: task.name,
    args: typeof task.args === "string" ? task.args : formatArguments(task.args),
    error: error.name,
    message: error.message,
    frames: error.frames,
    stack: error.stack,
    host: owner.host,
    pid: owner.pid,
    time: context.finish,
    attempt: context.attempt,
    log: context.log,
    owner: owner.id,
    kept: context.kept,
  };
  const worker = workerName(context.claimant);
  const meta = { name: task.name, start: context.start, finish: context.finish, worker, hash: task.hash };
  return encodeRecord({ type: "failure", value, meta, label: task.name });
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "kept" in value &&
    "task" in value && typeof value.task === "string" && "error" in value && typeof value.error === "string" &&
    "message" in value && typeof value.message === "string" && "frames" in value && Array.isArray(value.frames);
}

/** What a failure's record says. */
export type FailureRecord =
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "damaged" }
  | NewerRecord;

/** Reads the record of a failure. */
export function decodeFailure(bytes: Uint8Array): FailureRecord {
  const record = decodeRecord(bytes);
  if (record.kind === "newer") return record;
  return record.kind === "valid" && isFailure(record.value)
    ? { kind: "failure", failure: record.value }
    : { kind: "damaged" };
}

/** The error of a failure in a line or more; a JugError's message says it all. */
export function failureMessage({ error, message }: Pick<Failure, "error" | "message">): string {
  const refusal = error === "NotCapable" ? missingPermission(message) : undefined;
  if (refusal !== undefined) return refusal;
  return error === "JugError" ? message : `${error}: ${message}`;
}

/** A failure with its task. */
export interface FoundFailure {
  readonly hash: Hash;
  readonly record: FailureRecord;
}

/** Every failure that is recorded, one after another, since each may hold a long log. */
export async function* readFailures(backend: Backend): AsyncGenerator<FoundFailure> {
  for await (const entries of backend.listFailures()) {
    const hashes = entries.map((entry) => entry.hash);
    const records = await backend.loadFailures(hashes);
    for (const [i, hash] of hashes.entries()) {
      const bytes = records[i];
      // One that is gone was freed a moment ago.
      if (bytes !== undefined) yield { hash, record: decodeFailure(bytes) };
    }
  }
}

/**
 * The tasks whose failures are kept: they are not tried again.
 *
 * @throws {NewerRecordError} where a newer jug wrote one, so that nobody here can tell whether it is kept.
 */
export async function keptFailures(backend: Backend): Promise<Set<Hash>> {
  const kept = new Set<Hash>();
  for await (const { hash, record } of readFailures(backend)) {
    if (record.kind === "newer") throw new NewerRecordError(`the failure ${hash.slice(0, 8)}`, backend.address, record);
    if (record.kind === "failure" && record.failure.kept) kept.add(hash);
  }
  return kept;
}

/** Those of `hashes` that failed in a worker of this very process. */
export async function failedIn(owner: Owner, backend: Backend, hashes: readonly Hash[]): Promise<Set<Hash>> {
  const failed = new Set<Hash>();
  const records = hashes.length === 0 ? [] : await backend.loadFailures(hashes);
  for (const [i, hash] of hashes.entries()) {
    const bytes = records[i];
    if (bytes === undefined) continue;
    const record = decodeFailure(bytes);
    if (record.kind === "failure" && record.failure.owner === owner.id) failed.add(hash);
  }
  return failed;
}

/** How many failures end a run. */
export interface FailureLimit {
  readonly keepGoing: boolean;
  /** Begins no further task after so many failures, though it keeps going up to there. */
  readonly maxFailures?: number | undefined;
}

/** Whether a run ends after this many failures. */
export function endsRun(failures: number, { keepGoing, maxFailures }: FailureLimit): boolean {
  return failures >= (maxFailures ?? (keepGoing ? Infinity : 1));
}
