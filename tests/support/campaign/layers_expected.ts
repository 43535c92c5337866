/**
 * The results that tests/jugfiles/layers.ts must compute.
 *
 * @module
 */

/** Computes the results serially. Returns a line of JSON for each, sorted. */
export function expectedOfLayers(layers: number, width: number): string[] {
  const sums: number[][] = [];
  for (let layer = 0; layer < layers; layer++) {
    const above = sums[layer - 1];
    sums.push(Array.from({ length: width }, (_, index) => {
      let sum = layer * 31 + index * 17;
      if (above !== undefined) { for (const at of [index, index + 1, index * 7]) sum += above[at % width] ?? NaN; }
      return sum % 1_000_003;
    }));
  }
  return sortedLines(sums.flatMap((row, layer) => row.map((sum, index) => ({ layer, index, sum }))));
}

/** Returns a line of JSON for each value, sorted. */
export function sortedLines(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
