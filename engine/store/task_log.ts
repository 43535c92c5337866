/**
 * What a task printed, as its result or its failure keeps it.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { checkRecord, type NewerRecord, type RecordMeta } from "../../core/value/record.ts";
import { decodeFailure, type Failure } from "./failures.ts";

/** What is known of a task's last run. */
export type TaskLog =
  | { readonly kind: "finished"; readonly meta: RecordMeta; readonly log: string | undefined }
  | { readonly kind: "failed"; readonly failure: Failure; readonly log: string | undefined }
  /** the record is no whole one */
  | { readonly kind: "damaged"; readonly reason: string }
  /** a later version of jug wrote it */
  | NewerRecord
  /** somebody runs it; its log is kept when it ends */
  | { readonly kind: "running" }
  /** neither a result nor a failure is there */
  | { readonly kind: "none" };

/** Reads what a task printed. */
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

/** A record may come from elsewhere, so that anything may stand in the place of a log. */
function textIn(log: unknown): string | undefined {
  return typeof log === "string" && log !== "" ? log : undefined;
}

/** The tasks that have a result or a failure and whose hash begins with `prefix`, once each. */
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
