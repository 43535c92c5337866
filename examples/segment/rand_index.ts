/**
 * A measure of how well two segmentations agree.
 *
 * @module
 */

/** Returns the adjusted Rand index of two labellings of the same pixels: 1 if they agree, about 0 if only by chance. */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const add = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? 0;
    add(cells, `${left},${right}`);
    add(rows, left);
    add(columns, right);
  }
  const pairs = (counts: Iterable<number>) => [...counts].reduce((sum, n) => sum + n * (n - 1) / 2, 0);
  const [both, inRows, inColumns] = [pairs(cells.values()), pairs(rows.values()), pairs(columns.values())];
  const expected = inRows * inColumns / pairs([a.length]);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}
