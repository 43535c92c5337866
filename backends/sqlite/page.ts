/**
 * A table read piece by piece, in the order of hashes. Rows that are not ours are passed over, and hide none that are.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import { type Row, textOf } from "./connection.ts";

/** One piece. */
export interface Page<T> {
  readonly items: readonly T[];
  /** After which hash the next piece begins; `undefined`: this was the last. */
  readonly next: string | undefined;
}

/** The page that these rows make: each has its hash, of which only texts were asked for. */
export function pageOf<T>(rows: readonly Row[], itemOf: (row: Row, hash: Hash) => T): Page<T> {
  const items = rows.flatMap((row) => {
    const hash = textOf(row["hash"]);
    return isHash(hash) ? [itemOf(row, hash)] : [];
  });
  const last = rows.at(-1);
  return { items, next: last === undefined ? undefined : textOf(last["hash"]) };
}
