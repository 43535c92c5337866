/**
 * Reads what the records of a jugdir say of their runs, from the beginnings of the records.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { batches } from "../../core/lists.ts";
import type { RunEntry, RunInfo } from "../backend.ts";
import { HEAD_BYTES, missingHead, runInfoOfRecord } from "../stored/run_info.ts";
import { createFailures } from "./failures.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { bytesOf, countOf, listOf } from "./replies.ts";
import { createResults } from "./results.ts";
import { HEADS } from "./scripts/heads.lua.ts";
import { readValue } from "./stored_value.ts";

/** A record. */
export interface OldRecord {
  readonly kind: RunEntry["kind"];
  readonly hash: Hash;
  /** The length of the record. */
  readonly size: number;
  /** What its metadata say of the run; `undefined`: nothing, or it is damaged. */
  readonly info: RunInfo | undefined;
}

/** The beginning of a value. */
interface Head {
  readonly bytes: Uint8Array;
  /** The length of the value. */
  readonly size: number;
}

/** Yields the records of all results and failures. */
export async function* oldRecords(place: Place): AsyncGenerator<readonly OldRecord[]> {
  const { keys } = place;
  for await (const list of createResults(place).list()) {
    for (const batch of batches(list, SCRIPT_ITEMS)) {
      const heads = await readHeads(place, keys.results, batch, HEAD_BYTES);
      yield await Promise.all(heads.map(([hash, head]) => resultRecord(place, hash, head)));
    }
  }
  for await (const list of createFailures(place).list()) {
    for (const batch of batches(list.map(({ hash }) => hash), SCRIPT_ITEMS)) {
      const heads = await readHeads(place, keys.reports, batch, HEAD_BYTES);
      yield await Promise.all(heads.map(([hash, head]) => failureRecord(place, hash, head)));
    }
  }
}

/** Reads the first `length` bytes of fields of a Redis hash. Leaves out those that are gone. */
async function readHeads(
  { connection }: Place,
  key: string,
  hashes: readonly Hash[],
  length: number,
): Promise<(readonly [Hash, Head])[]> {
  const options = { asBytes: true, bytes: length };
  const answer = listOf(await connection.call(HEADS, [key], [String(length), ...hashes], options));
  return hashes.flatMap((hash, index) => {
    const [size, bytes] = [countOf(answer[2 * index]), bytesOf(answer[2 * index + 1])];
    return size < 0 || bytes === undefined ? [] : [[hash, { bytes, size }] as const];
  });
}

/** Returns the first `length` bytes of one field. */
async function readHead(place: Place, key: string, hash: Hash, length: number): Promise<Uint8Array> {
  const [found] = await readHeads(place, key, [hash], length);
  return found?.[1].bytes ?? new Uint8Array();
}

/** `read` returns as many of the record's first bytes as it is asked for. */
async function infoIn(head: Uint8Array, read: (length: number) => Promise<Uint8Array>): Promise<RunInfo | undefined> {
  const length = missingHead(head);
  return runInfoOfRecord(length === undefined ? head : await read(length));
}

async function failureRecord(place: Place, hash: Hash, { bytes, size }: Head): Promise<OldRecord> {
  const info = await infoIn(bytes, (length) => readHead(place, place.keys.reports, hash, length));
  return { kind: "failure", hash, size, info };
}

async function resultRecord(place: Place, hash: Hash, { bytes, size }: Head): Promise<OldRecord> {
  const { connection, keys } = place;
  const stored = readValue(bytes);
  if (stored.kind === "inline") {
    // The value has one byte before the record.
    const before = bytes.length - stored.bytes.length;
    const read = async (length: number) =>
      (await readHead(place, keys.results, hash, length + before)).subarray(before);
    return { kind: "result", hash, size: size - before, info: await infoIn(stored.bytes, read) };
  }
  // The first part holds the metadata, unless it is very small.
  const { upload, length } = stored.parts;
  const read = async (length: number) => {
    const range = ["GETRANGE", `${keys.parts}${upload}:0`, "0", String(length - 1)];
    return bytesOf(await connection.send(range, { asBytes: true, bytes: length })) ?? new Uint8Array();
  };
  return { kind: "result", hash, size: length, info: await infoIn(await read(HEAD_BYTES), read) };
}
