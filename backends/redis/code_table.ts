/**
 * The texts of functions that computed results: a Redis hash, by id. The text of an id never changes.
 *
 * @module
 */
import type { CodeTable } from "../backend.ts";
import { isCodeId } from "../validation.ts";
import type { Place } from "./place.ts";
import { listOf, textOf } from "./replies.ts";

/** Creates the table at this place. */
export function createCodes({ connection, keys }: Pick<Place, "connection" | "keys">): CodeTable {
  return {
    async list() {
      const ids = listOf(await connection.send(["HKEYS", keys.codes])).map(textOf).filter(isCodeId);
      if (ids.length === 0) return [];
      const texts = listOf(await connection.send(["HMGET", keys.codes, ...ids]));
      return ids.map((id, i) => ({ id, text: textOf(texts[i]) }));
    },
    async add(entries) {
      for (const { id, text } of entries) await connection.send(["HSETNX", keys.codes, id, text]);
    },
  };
}
