/**
 * Joins reads of records that lie near each other in a file: one call of the system costs as much as reading several
 * small records.
 *
 * @module
 */

/** A part of a file. */
export interface Part {
  readonly position: number;
  readonly length: number;
}

/** Parts that are read in one go. */
export interface ReadRun<P extends Part> extends Part {
  /** In the order of their positions. */
  readonly parts: readonly P[];
}

/** Bytes between two parts up to this number are read as well. */
const GAP = 4096;
/** The most bytes of a run of several parts. */
const MOST = 1 << 20;

/** Joins parts of one file to runs. */
export function readRuns<P extends Part>(parts: readonly P[]): ReadRun<P>[] {
  const runs: { position: number; length: number; parts: P[] }[] = [];
  for (const part of parts.toSorted((a, b) => a.position - b.position)) {
    const run = runs.at(-1);
    const end = part.position + part.length;
    const isNear = run !== undefined && part.position <= run.position + run.length + GAP && end - run.position <= MOST;
    if (!isNear) runs.push({ position: part.position, length: part.length, parts: [part] });
    else {
      run.parts.push(part);
      run.length = Math.max(run.length, end - run.position);
    }
  }
  return runs;
}
