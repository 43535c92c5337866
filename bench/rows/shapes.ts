/**
 * What it costs that tasks need each other.
 *
 * @module
 */
import type { Round } from "../round.ts";
import { count, perTask, type Row, type Size } from "../row.ts";
import { executeNew } from "./flat_runs.ts";

interface Shape {
  readonly name: string;
  readonly jugfile: string;
  readonly args: readonly number[];
  /** The number of its tasks. */
  readonly tasks: number;
  readonly share: number;
}

async function cost(round: Round, jugfile: string, args: readonly number[], tasks: number): Promise<number> {
  return perTask((await executeNew(round, "file", { jugfile, args })).seconds, tasks);
}

/** Rows for graphs of tasks, against as many tasks that need nothing. */
export function shapeRows(size: Size): readonly Row[] {
  const [length, breadth, width] = [size(20_000), size(1_000), size(1_000)];
  const fan = `${count(breadth)}-1-${count(breadth)}`;
  const layers = `10 layers of ${count(width)}, each on 10 of the last`;
  const shapes: readonly Shape[] = [
    { name: `chain of ${count(length)}`, jugfile: "chain.ts", args: [length], tasks: length, share: 1.5 },
    { name: fan, jugfile: "fan.ts", args: [breadth], tasks: 2 * breadth + 1, share: 1.3 },
    { name: layers, jugfile: "layers.ts", args: [10, width], tasks: 10 * width, share: 1.3 },
  ];
  return shapes.map(({ name, jugfile, args, tasks, share }) => ({
    name: `file, ${name}`,
    unit: "µs a task",
    target: { kind: "share", value: share },
    measure: (round) => cost(round, jugfile, args, tasks),
    yardstick: { name: "as many flat ones", measure: (round) => cost(round, "flat.ts", [tasks], tasks) },
  }));
}
