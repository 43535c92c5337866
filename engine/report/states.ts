/**
 * How many tasks of each name are in which state: of a jugfile, or as far as its jugdir tells.
 *
 * @module
 */
import type { StateName, StateNumbers } from "../../web/data/report_data.ts";
import type { TaskGraph } from "../analysis/graph/model.ts";
import { hashAt, kindAt, nameAt, rowFinder, type RunColumns } from "../analysis/run_columns.ts";
import { NO_TASKS } from "./functions.ts";

/** The states of all tasks, and by name. */
export interface States {
  readonly total: StateNumbers;
  readonly byName: ReadonlyMap<string, StateNumbers>;
}

/** Returns the states of a jugfile's tasks. */
export function statesOfGraph({ nodes, total }: TaskGraph): States {
  return { total, byName: new Map(nodes.map(({ name, counts }) => [name, counts])) };
}

/** Returns the states of the tasks that a jugdir knows. What has neither run nor runs is not among them. */
export function statesOfJugdir(columns: RunColumns): States {
  const [resultOf, runningOf] = [rowFinder(columns, "result"), rowFinder(columns, "running")];
  const total = { ...NO_TASKS };
  const byName = new Map<string, Record<StateName, number>>();
  for (let row = 0; row < columns.count; row++) {
    const kind = kindAt(columns, row);
    // A task has one state, though it may have failed before and run again now.
    if (kind !== "result" && resultOf(hashAt(columns, row)) !== undefined) continue;
    if (kind === "failure" && runningOf(hashAt(columns, row)) !== undefined) continue;
    const state = kind === "result" ? "finished" : kind === "failure" ? "failed" : "running";
    total[state]++;
    const name = nameAt(columns, row);
    if (name === undefined) continue;
    let own = byName.get(name);
    if (own === undefined) byName.set(name, own = { ...NO_TASKS });
    own[state]++;
  }
  return { total, byName };
}
