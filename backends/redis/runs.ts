/**
 * What is known of the runs that led to results and failures: a Redis hash, by task, so that a listing transfers
 * neither results nor failures. The scripts that store and remove those keep it up to date.
 *
 * The value is `r` (result) or `f` (failure), and a list in JSON (see `stored/run_info.ts`).
 *
 * @module
 */
import type { RunEntry, RunInfo } from "../backend.ts";
import { parseJson } from "../stored/fields.ts";
import { runOfRow, runRow } from "../stored/run_info.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { hashesIn, listOf, textOf } from "./replies.ts";
import { LIST_RUNS } from "./scripts/list_runs.lua.ts";

const LETTERS = { result: "r", failure: "f" } as const;

/** Returns the value for a run; empty if nothing is known of it. `size`: the length of the record. */
export function runText(kind: RunEntry["kind"], size: number, info: RunInfo | undefined): string {
  return info === undefined ? "" : LETTERS[kind] + JSON.stringify(runRow(size, info));
}

/** Lists the runs that led to the present results and failures. */
export async function* listRuns({ connection, keys }: Place): AsyncGenerator<readonly RunEntry[]> {
  const touched = [keys.runs, keys.results, keys.failures];
  let cursor = "0";
  do {
    const [next, ...rest] = listOf(await connection.call(LIST_RUNS, touched, [cursor, String(SCRIPT_ITEMS)]));
    cursor = textOf(next);
    const entries: RunEntry[] = [];
    for (let index = 0; index < rest.length; index += 2) {
      const [hash] = hashesIn(rest.slice(index, index + 1));
      const value = textOf(rest[index + 1]);
      const run = runOfRow(parseJson(value.slice(1)));
      const kind = value.startsWith(LETTERS.failure) ? "failure" : "result";
      if (hash !== undefined && run !== undefined) entries.push({ hash, kind, ...run });
    }
    if (entries.length > 0) yield entries;
  } while (cursor !== "0" && cursor !== "");
}
