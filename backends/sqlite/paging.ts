/**
 * Reads a table page by page, in the order of hashes. Rows that jug did not write are skipped, and do not hide others.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import { type Row, textOf } from "./connection.ts";

/** One page. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The hash, or other key, after which the next page begins; `undefined`: this was the last page. */
  readonly next: string | undefined;
}

/**
 * Creates the page of these rows. Each row has its hash; the query selects only hashes that are texts. A row whose item
 * is `undefined` is skipped.
 */
export function pageOf<T>(rows: readonly Row[], itemOf: (row: Row, hash: Hash) => T | undefined): Page<T> {
  const items = rows.flatMap((row) => {
    const hash = textOf(row["hash"]);
    const item = isHash(hash) ? itemOf(row, hash) : undefined;
    return item === undefined ? [] : [item];
  });
  const last = rows.at(-1);
  return { items, next: last === undefined ? undefined : textOf(last["hash"]) };
}
