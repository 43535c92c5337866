/**
 * All that the dashboard shows of one task.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import type { Hash } from "../../core/brand.ts";
import { formatArguments } from "../../core/format.ts";
import { decodeChecked } from "../../core/value/record.ts";
import { checkResult } from "../../engine/results/damage.ts";
import { decodeFailure, failureMessage } from "../../engine/results/failures.ts";
import { readHeads } from "../../engine/results/result_heads.ts";
import type { TaskDetail, TaskFailure } from "../../web/data/live.ts";
import type { Inspection } from "../cli/inspection.ts";
import type { TaskRow } from "../inspect/task_rows.ts";
import type { TaskListing } from "./task_listing.ts";

/** A larger result is not read for a preview, in bytes. */
const LARGEST_RESULT = 4 * 1024 * 1024;
/** The most characters of each text. */
const RESULT = 20_000;
const ARGUMENTS = 20_000;
const LOG = 50_000;
const FAILURE = 20_000;
/** The most tasks that it needs. */
const NEEDS = 100;

/** Where details come from. */
export interface DetailSource {
  readonly backend: Backend;
  /** `undefined` if the jugfile could not be loaded. */
  readonly inspection: Inspection | undefined;
  readonly listing: TaskListing;
  readonly showsArguments: boolean;
  /** Explains the state of a task, as `jug why` does. */
  readonly explain: (hash: Hash) => Promise<readonly string[]>;
}

/** Returns all about a task. */
export async function taskDetail(source: DetailSource, row: TaskRow): Promise<TaskDetail> {
  const { backend, inspection, listing, showsArguments } = source;
  const { hash } = row;
  const declared = inspection?.session.tasks.get(hash);
  const needed = inspection?.tasks.find((task) => task.hash === hash)?.dependencies ?? [];
  const needs = await Promise.all(needed.slice(0, NEEDS).map((each) => listing.find(each)));
  const [outcome, why] = await Promise.all([outcomeOf(backend, hash), showsArguments ? source.explain(hash) : []]);
  const fullArgs = declared === undefined ? row.args : formatArguments(declared.args, ARGUMENTS);
  return {
    ...listing.listed(row),
    finish: row.finish ?? null,
    size: row.size ?? null,
    fullArgs: showsArguments ? fullArgs ?? null : null,
    ...outcome,
    why,
    needs: needs.filter((each) => each !== undefined).map((each) => listing.listed(each)),
    needsCount: needed.length,
  };
}

type Outcome = Pick<TaskDetail, "result" | "isResultCut" | "log" | "failure">;

const NO_OUTCOME: Outcome = { result: null, isResultCut: false, log: null, failure: null };

/** Reads the result, or else the failure. */
async function outcomeOf(backend: Backend, hash: Hash): Promise<Outcome> {
  for await (const { meta, size } of readHeads(backend, [hash])) {
    const log = logIn(meta.log);
    if (size > LARGEST_RESULT) return { ...NO_OUTCOME, log, isResultCut: true };
    return { ...NO_OUTCOME, ...await resultOf(backend, hash), log };
  }
  const [bytes] = await backend.loadFailures([hash]);
  const record = bytes && decodeFailure(bytes);
  if (record?.kind !== "failure") return NO_OUTCOME;
  const { failure } = record;
  const shown: TaskFailure = {
    message: failureMessage(failure).slice(0, FAILURE),
    stack: failure.frames.join("\n").slice(0, FAILURE),
    time: failure.time,
    attempt: failure.attempt,
  };
  return { ...NO_OUTCOME, failure: shown, log: logIn(failure.log) };
}

/** Decoding a result runs no code of the jugfile: values are plain data. */
async function resultOf(backend: Backend, hash: Hash): Promise<Pick<Outcome, "result" | "isResultCut">> {
  const [bytes] = await backend.load([hash]);
  const record = bytes && checkResult(hash, bytes);
  const decoded = record?.kind === "valid" ? decodeChecked(record) : undefined;
  if (decoded?.kind !== "valid") return { result: null, isResultCut: false };
  const text = typeof decoded.value === "string" ? decoded.value : Deno.inspect(decoded.value, {
    colors: false,
    depth: 8,
    iterableLimit: 1000,
    strAbbreviateSize: RESULT,
    trailingComma: false,
  });
  return { result: text.slice(0, RESULT), isResultCut: text.length > RESULT };
}

/** Returns the end of an output. Another program may have written the record, so that it may be anything. */
function logIn(log: unknown): string | null {
  if (typeof log !== "string" || log === "") return null;
  return log.length > LOG ? `…${log.slice(-LOG)}` : log;
}
