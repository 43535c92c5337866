/**
 * Failures: for each, the token of the lock that it happened under and, separately, its bytes.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import type { FailureEntry, FailureReport } from "../backend.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { bytesOf, countOf, hashesIn, listOf, textOf } from "./replies.ts";
import { runText } from "./runs.ts";
import { FAIL } from "./scripts/fail.lua.ts";
import { REMOVE_FAILURES } from "./scripts/remove_failures.lua.ts";
import { batches } from "../../core/lists.ts";

/** The failures of one jugdir. */
export interface Failures {
  fail(items: readonly FailureReport[]): Promise<void>;
  list(): AsyncGenerator<readonly FailureEntry[]>;
  load(hashes: readonly Hash[]): Promise<(Uint8Array | undefined)[]>;
  remove(hashes: readonly Hash[]): Promise<number>;
}

/** A failure holds stacks and the text of arguments, so fewer of them are sent together. */
const REPORT_ITEMS = 64;

/** Creates the failures at this place. */
export function createFailures({ connection, keys }: Place): Failures {
  return {
    async fail(items) {
      const touched = [keys.results, keys.locks, keys.failures, keys.reports, keys.runs, keys.changes];
      for (const batch of batches(items, REPORT_ITEMS)) {
        const args = batch.flatMap(({ lock, bytes, info }) => {
          return [lock.hash, lock.token, bytes, runText("failure", bytes.length, info)];
        });
        await connection.call(FAIL, touched, args, { bytes: batch.reduce((sum, { bytes }) => sum + bytes.length, 0) });
      }
    },
    async *list() {
      let cursor = "0";
      do {
        const scan = ["HSCAN", keys.failures, cursor, "COUNT", String(SCRIPT_ITEMS)];
        const [next, pairs] = listOf(await connection.send(scan));
        cursor = textOf(next);
        const texts = listOf(pairs).map(textOf);
        const entries: FailureEntry[] = [];
        for (let index = 0; index < texts.length; index += 2) {
          const [hash] = hashesIn(texts.slice(index, index + 1));
          if (hash !== undefined) entries.push({ hash, token: texts[index + 1] ?? "" });
        }
        if (entries.length > 0) yield entries;
      } while (cursor !== "0" && cursor !== "");
    },
    async load(hashes) {
      const loaded: (Uint8Array | undefined)[] = [];
      for (const batch of batches(hashes, REPORT_ITEMS)) {
        const values = listOf(await connection.send(["HMGET", keys.reports, ...batch], { asBytes: true }));
        for (const index of batch.keys()) loaded.push(bytesOf(values[index]));
      }
      return loaded;
    },
    async remove(hashes) {
      let removed = 0;
      for (const batch of batches(hashes, SCRIPT_ITEMS)) {
        removed += countOf(await connection.call(REMOVE_FAILURES, [keys.failures, keys.reports, keys.runs], batch));
      }
      return removed;
    },
  };
}
