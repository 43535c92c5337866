/**
 * The processes that joined: a Redis hash, by the id of the owner, with what is known of each in JSON. An entry stays
 * when the process has ended.
 *
 * @module
 */
import type { Owner, ProcessEntry } from "../backend.ts";
import { parseJson } from "../stored/fields.ts";
import { factsIn, factsOf } from "../stored/process_facts.ts";
import { isOwnerId } from "../validation.ts";
import { type Place, SCRIPT_ITEMS } from "./place.ts";
import { listOf, textOf } from "./replies.ts";
import { LIST_PROCESSES } from "./scripts/list_processes.lua.ts";

/** Returns the value for a process. `left`: when it left, in milliseconds since 1970, if it did. */
export function processText(owner: Owner, left?: number): string {
  return JSON.stringify({ ...factsOf(owner), left });
}

/** Lists the processes that joined. */
export async function* listProcesses({ connection, keys }: Place): AsyncGenerator<readonly ProcessEntry[]> {
  let cursor = "0";
  do {
    const args = [keys.owners, cursor, String(SCRIPT_ITEMS)];
    const [next, ...rest] = listOf(await connection.call(LIST_PROCESSES, [keys.processes], args));
    cursor = textOf(next);
    const entries: ProcessEntry[] = [];
    for (let index = 0; index < rest.length; index += 3) {
      const id = textOf(rest[index]);
      const facts = factsIn(parseJson(textOf(rest[index + 1])));
      const state = facts.left !== undefined ? "left" : rest[index + 2] === "alive" ? "alive" : "dead";
      if (isOwnerId(id)) entries.push({ id, ...facts, state });
    }
    if (entries.length > 0) yield entries;
  } while (cursor !== "0" && cursor !== "");
}
