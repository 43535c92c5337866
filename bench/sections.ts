/**
 * All that the suite measures, in the order of the table.
 *
 * @module
 */
import type { Section } from "./row.ts";
import { backendRows } from "./rows/backends.ts";
import { durableRows } from "./rows/durable.ts";
import { fileRows } from "./rows/files.ts";
import { finishedRows } from "./rows/finished.ts";
import { flatRuns } from "./rows/flat_runs.ts";
import { millionRows } from "./rows/million.ts";
import { shapeRows } from "./rows/shapes.ts";
import { startRows } from "./rows/start.ts";
import { valueRows } from "./rows/values.ts";
import { waitingRows } from "./rows/waiting.ts";
import { computingRows, secondWorkerRows } from "./rows/workers.ts";

/** The sections of the table. */
export const SECTIONS: readonly Section[] = [
  {
    rows(size) {
      const runs = flatRuns(size(100_000));
      return [...backendRows(runs), ...secondWorkerRows(runs), ...finishedRows(runs)];
    },
  },
  // Each task of Python's jug waits for the disk, so a round takes minutes.
  { rows: durableRows, mostRounds: 3 },
  { rows: computingRows },
  { rows: shapeRows },
  { rows: millionRows },
  // Files are counted: another round would say the same, and take as long.
  { rows: fileRows, mostRounds: 1 },
  { rows: startRows },
  { rows: waitingRows },
  { rows: valueRows },
];
