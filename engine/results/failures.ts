/**
 * Writes and reads the records of failures.
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
import { LONGEST_SUMMARY } from "../../core/value/recorded/summary.ts";
import { ArgumentRecorder } from "../../core/value/recorded/recorder.ts";
import { Secrets } from "./secrets.ts";
import { calledAs, type Encoded, runInfoWith } from "./run_info.ts";

/** A recorded failure of a task. */
export interface Failure {
  readonly task: string;
  /** The task's arguments, shortened to one line. */
  readonly args: string;
  /** The error's name. */
  readonly error: string;
  readonly message: string;
  /** The stack frames of user code, innermost first. */
  readonly frames: readonly string[];
  readonly stack: string;
  readonly host: string | undefined;
  readonly pid: number | undefined;
  /** When the attempt failed, in milliseconds since 1970. */
  readonly time: number;
  /** The number of the attempt, counted from 1. */
  readonly attempt: number;
  /** The output of the task, of all attempts together. */
  readonly log: string | undefined;
  /** The owner's id; missing in failures that earlier versions wrote. */
  readonly owner?: string | undefined;
  /** Whether later runs skip the task (`--keep-failed`). */
  readonly kept: boolean;
}

/** The circumstances of a failure. Times are in milliseconds since 1970. */
export interface FailureContext {
  readonly start: number;
  readonly finish: number;
  readonly claimant: Claimant;
  readonly kept: boolean;
  readonly attempt: number;
  readonly log: string | undefined;
  /** The trace context of the last attempt, if there is one. */
  readonly trace?: string | undefined;
}

/** The task that failed: as it was declared, or with its arguments formatted as text. */
export type FailedTask =
  | Pick<DeclaredTask, "name" | "hash" | "args" | "definition">
  | Pick<DeclaredTask, "name" | "hash"> & { readonly args: string };

/** Returns the encoded record of a failure. */
export function encodeFailure(task: FailedTask, thrown: unknown, context: FailureContext): Encoded {
  const secrets = new Secrets("definition" in task ? task.args : []);
  const error = secrets.concealReport(reportError(thrown));
  const { owner } = context.claimant;
  const value: Failure = {
    task: task.name,
    args: "definition" in task ? formatArguments(task.args) : task.args,
    error: error.name,
    message: error.message,
    frames: error.frames,
    stack: error.stack,
    host: owner.host,
    pid: owner.pid,
    time: context.finish,
    attempt: context.attempt,
    log: context.log === undefined ? undefined : secrets.conceal(context.log),
    owner: owner.id,
    kept: context.kept,
  };
  const worker = workerName(context.claimant);
  const { start, finish, trace } = context;
  const args = "definition" in task ? new ArgumentRecorder().record(task.args) : undefined;
  const meta = {
    ...{ name: task.name, start, finish, worker, hash: task.hash, ...trace === undefined ? {} : { trace } },
    ..."definition" in task ? calledAs(task, args) : {},
  };
  const bytes = encodeRecord({ type: "failure", value, meta, label: task.name });
  const info = runInfoWith(meta, args);
  return { bytes, info: "definition" in task ? info : { ...info, args: task.args.slice(0, LONGEST_SUMMARY) } };
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "kept" in value &&
    "task" in value && typeof value.task === "string" && "error" in value && typeof value.error === "string" &&
    "message" in value && typeof value.message === "string" && "frames" in value && Array.isArray(value.frames);
}

/** A decoded record of a failure, or why it cannot be decoded. */
export type FailureRecord =
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "damaged" }
  | NewerRecord;

/** Decodes the record of a failure. */
export function decodeFailure(bytes: Uint8Array): FailureRecord {
  const record = decodeRecord(bytes);
  if (record.kind === "newer") return record;
  return record.kind === "valid" && isFailure(record.value)
    ? { kind: "failure", failure: record.value }
    : { kind: "damaged" };
}

/** Returns the error of a failure as text. A JugError is shown without its name. */
export function failureMessage({ error, message }: Pick<Failure, "error" | "message">): string {
  const refusal = error === "NotCapable" ? missingPermission(message) : undefined;
  if (refusal !== undefined) return refusal;
  return error === "JugError" ? message : `${error}: ${message}`;
}

/** A task's hash and the record of its failure. */
export interface FoundFailure {
  readonly hash: Hash;
  readonly record: FailureRecord;
}

/** Yields every recorded failure, one by one, since each may contain a long log. */
export async function* readFailures(backend: Backend): AsyncGenerator<FoundFailure> {
  for await (const entries of backend.listFailures()) {
    const hashes = entries.map((entry) => entry.hash);
    const records = await backend.loadFailures(hashes);
    for (const [i, hash] of hashes.entries()) {
      const bytes = records[i];
      // A missing record was removed after it was listed.
      if (bytes !== undefined) yield { hash, record: decodeFailure(bytes) };
    }
  }
}

/**
 * Returns the tasks whose failures are kept, which are not tried again.
 *
 * @throws {NewerRecordError} if a newer jug wrote a failure: then it is unknown whether it is kept.
 */
export async function keptFailures(backend: Backend): Promise<Set<Hash>> {
  const kept = new Set<Hash>();
  for await (const { hash, record } of readFailures(backend)) {
    if (record.kind === "newer") throw new NewerRecordError(`the failure ${hash.slice(0, 8)}`, backend.address, record);
    if (record.kind === "failure" && record.failure.kept) kept.add(hash);
  }
  return kept;
}

/** Returns those of `hashes` whose failure was recorded by `owner`'s process. */
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

/** The options that decide how many failures end a run. */
export interface FailureLimit {
  readonly keepGoing: boolean;
  /** After this many failures, no further task is started; until then the run continues. Overrides `keepGoing`. */
  readonly maxFailures?: number | undefined;
}

/** Whether a run ends after this many failures. */
export function endsRun(failures: number, { keepGoing, maxFailures }: FailureLimit): boolean {
  return failures >= (maxFailures ?? (keepGoing ? Infinity : 1));
}
