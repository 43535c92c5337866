/**
 * Reads the output of a task from its result or its failure.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { checkRecord, type NewerRecord, type RecordMeta } from "../../core/value/record.ts";
import { decodeFailure, type Failure } from "./failures.ts";

/** The outcome of a task's last run, with its output. */
export type TaskLog =
  | { readonly kind: "finished"; readonly meta: RecordMeta; readonly log: string | undefined }
  | { readonly kind: "failed"; readonly failure: Failure; readonly log: string | undefined }
  /** the record cannot be read */
  | { readonly kind: "damaged"; readonly reason: string }
  /** a newer version of jug wrote the record */
  | NewerRecord
  /** a worker runs it; its log is stored when it ends */
  | { readonly kind: "running" }
  /** there is neither a result nor a failure */
  | { readonly kind: "none" };

/** Reads the outcome and the output of a task. A result takes precedence over a failure. */
export async function readTaskLog(backend: Backend, hash: Hash): Promise<TaskLog> {
  const [result] = await backend.load([hash]);
  if (result !== undefined) {
    const record = checkRecord(result);
    if (record.kind === "newer") return record;
    if (record.kind === "invalid") return { kind: "damaged", reason: record.reason };
    return { kind: "finished", meta: record.meta, log: textIn(record.meta.log) };
  }
  const [failed] = await backend.loadFailures([hash]);
  if (failed !== undefined) {
    const record = decodeFailure(failed);
    if (record.kind === "newer") return record;
    if (record.kind === "damaged") return { kind: "damaged", reason: "its failure cannot be read" };
    return { kind: "failed", failure: record.failure, log: textIn(record.failure.log) };
  }
  for await (const locks of backend.listLocks()) {
    if (locks.some((lock) => lock.hash === hash && lock.state !== "dead")) return { kind: "running" };
  }
  return { kind: "none" };
}

/** Returns a log that is a non-empty string. Other programs may have written the record, so it may be anything. */
function textIn(log: unknown): string | undefined {
  return typeof log === "string" && log !== "" ? log : undefined;
}

/** Returns the tasks with a result or a failure whose hash starts with `prefix`. */
export async function recordedTasks(backend: Backend, prefix: string): Promise<Set<Hash>> {
  const found = new Set<Hash>();
  for await (const hashes of backend.list()) {
    for (const hash of hashes) if (hash.startsWith(prefix)) found.add(hash);
  }
  for await (const entries of backend.listFailures()) {
    for (const { hash } of entries) if (hash.startsWith(prefix)) found.add(hash);
  }
  return found;
}
