/**
 * The texts of functions that computed results, and of their modules: a Redis hash, by id. The text of an id never changes.
 *
 * @module
 */
import type { CodeTable } from "../backend.ts";
import { isCodeId, isTextId } from "../validation.ts";
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
      const found = listOf(await Promise.all(entries.map(({ id }) => connection.send(["HEXISTS", keys.codes, id]))));
      // Each worker adds its modules, and most are there already: do not send these texts again.
      const missing = entries.filter((_, i) => found[i] !== 1);
      for (const { id, text } of missing) {
        await connection.send(["HSETNX", keys.codes, id, text], { bytes: text.length });
      }
    },
    async load(ids) {
      const asked = ids.filter(isTextId);
      if (asked.length === 0) return ids.map(() => undefined);
      const texts = listOf(await connection.send(["HMGET", keys.codes, ...asked]));
      const found = new Map(asked.map((id, i) => [id, texts[i]]));
      return ids.map((id) => {
        const text = found.get(id);
        return typeof text === "string" ? text : undefined;
      });
    },
  };
}
