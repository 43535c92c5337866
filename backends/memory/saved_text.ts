/**
 * The content of the file of a memory backend.
 *
 * The file is a line `jug memory 2`, then the entries, then a line with their number, so that a truncated file is
 * detected. An entry is a line of JSON with its kind and the length of its bytes, the bytes, and a line end:
 *
 * - `result` and `failure`: the hash, a failure's token, and what is known of the run; the bytes are the record.
 * - `process`: the id of an owner, and what is known of it; no bytes.
 * - `code`: the id of a function or module; the bytes are its text.
 * - `durations`: a summary of the durations of one function; no bytes.
 *
 * Files that begin with `jug memory 1` have only the first two kinds, and their runs are known from the records.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isHash } from "../../core/brand.ts";
import { isDurationClass } from "../duration_classes.ts";
import type { DurationSummary } from "../backend.ts";
import { isObject, numberIn, parseJson, textIn } from "../stored/fields.ts";
import { factsIn } from "../stored/process_facts.ts";
import { durationOf, runInfoOf, runInfoOfRecord } from "../stored/run_info.ts";
import { isOwnerId, isTextId, ownerOf } from "../validation.ts";
import { type MemoryStore, memoryStore } from "./store.ts";

/** What is saved of a store. */
export type Contents = Pick<MemoryStore, "results" | "failures" | "processes" | "codes" | "durations">;

const MAGIC = "jug memory 2\n";
const OLD_MAGIC = "jug memory 1\n";
const LINE_END = 0x0a;
const NO_BYTES = new Uint8Array();

/** Returns the parts of the file. */
export function writeContents({ results, failures, processes, codes, durations }: Contents): Uint8Array[] {
  const parts: Uint8Array[] = [Buffer.from(MAGIC)];
  let count = 0;
  const add = (entry: Readonly<Record<string, unknown>>, bytes: Uint8Array = NO_BYTES) => {
    count++;
    parts.push(Buffer.from(`${JSON.stringify({ ...entry, length: bytes.length })}\n`), bytes, Buffer.from("\n"));
  };
  for (const [hash, { bytes, info }] of results) add({ kind: "result", hash, info }, bytes);
  for (const [hash, { token, bytes, info }] of failures) add({ kind: "failure", hash, token, info }, bytes);
  for (const [id, facts] of processes) add({ kind: "process", id, ...facts });
  for (const [id, text] of codes) add({ kind: "code", id }, Buffer.from(text));
  for (const { classes, ...sums } of durations.summaries()) {
    add({ kind: "durations", ...sums, classes: [...classes] });
  }
  parts.push(Buffer.from(`${count}\n`));
  return parts;
}

/** Parses the file, `undefined` if it is not complete. */
export function readContents(bytes: Uint8Array): Contents | undefined {
  const text = new TextDecoder();
  const magic = text.decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC && magic !== OLD_MAGIC) return undefined;
  const contents = memoryStore(() => 0);
  let count = 0;
  for (let at = MAGIC.length;; count++) {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) return undefined;
    const line = text.decode(bytes.subarray(at, end));
    if (/^\d+$/.test(line)) return Number(line) === count && end + 1 === bytes.length ? contents : undefined;
    const entry = parseJson(line);
    if (!isObject(entry)) return undefined;
    const length = numberIn(entry["length"]);
    if (length === undefined || !Number.isSafeInteger(length) || length < 0) return undefined;
    const value = bytes.slice(end + 1, end + 1 + length);
    at = end + 1 + length + 1;
    if (bytes[at - 1] !== LINE_END || !take(contents, entry, value, magic === OLD_MAGIC)) return undefined;
  }
}

/** Adds an entry. Returns whether it has the form that jug gives it. */
function take(
  { results, failures, processes, codes, durations }: Contents,
  entry: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
  isOld: boolean,
): boolean {
  const { kind } = entry;
  const [hash, token, id] = [textIn(entry["hash"]) ?? "", textIn(entry["token"]) ?? "", textIn(entry["id"]) ?? ""];
  const info = isOld ? runInfoOfRecord(bytes) : runInfoOf(entry["info"]);
  switch (kind) {
    case "result":
      if (!isHash(hash)) return false;
      results.set(hash, { bytes, info });
      if (isOld && info !== undefined) durations.add(info.name, durationOf(info));
      return true;
    case "failure":
      if (!isHash(hash) || ownerOf(token) === undefined) return false;
      failures.set(hash, { token, bytes, info });
      return true;
    case "process":
      if (isOwnerId(id)) processes.set(id, factsIn(entry));
      return isOwnerId(id);
    case "code":
      if (isTextId(id)) codes.set(id, new TextDecoder().decode(bytes));
      return isTextId(id);
    case "durations": {
      const summary = summaryOf(entry);
      if (summary !== undefined) durations.include(summary);
      return summary !== undefined;
    }
    default:
      return false;
  }
}

function summaryOf(entry: Readonly<Record<string, unknown>>): DurationSummary | undefined {
  const [name, count] = [textIn(entry["name"]), numberIn(entry["count"])];
  const [total, longest] = [numberIn(entry["total"]), numberIn(entry["longest"])];
  const pairs: unknown = entry["classes"];
  if (name === undefined || count === undefined || total === undefined || longest === undefined) return undefined;
  if (!Array.isArray(pairs)) return undefined;
  const classes = new Map<number, number>();
  for (const pair of pairs) {
    const [found, runs] = (Array.isArray(pair) ? pair : []).map(numberIn);
    if (found === undefined || !isDurationClass(found) || runs === undefined) return undefined;
    classes.set(found, runs);
  }
  return { name, count, total, longest, classes };
}
