/**
 * Makes the data of a report.
 *
 * @module
 */
import type { Backend } from "../../backends/backend.ts";
import { counted } from "../../core/counted.ts";
import type { Place } from "../../core/caller.ts";
import { isJugError } from "../../core/errors.ts";
import type { Session } from "../../core/session/session.ts";
import {
  REPORT_VERSION,
  type ReportData,
  type ReportGraph,
  type ReportRunning,
  type ReportRunningTask,
} from "../../web/data/report_data.ts";
import { foldFunctions } from "../analysis/graph/fold.ts";
import type { TaskGraph } from "../analysis/graph/model.ts";
import { type DeclaredTasks, measure, readRuns, type Runs } from "../analysis/measure.ts";
import { findInOrder, type FindTask, firstRunningRow, rowFinder } from "../analysis/run_columns.ts";
import type { ReachedBarrier } from "../inspect/reached_barriers.ts";
import { activityOf } from "./activity.ts";
import { Axis } from "./axis.ts";
import { environmentOf, type ReportProgram } from "./environment.ts";
import { failuresOf } from "./failures.ts";
import { functionsOf } from "./functions.ts";
import { pathOf } from "./path.ts";
import { taskNamer, type TaskOfRow } from "./report_task.ts";
import { rounded } from "./rounding.ts";
import { statesOfGraph, statesOfJugdir } from "./states.ts";
import { workersOf } from "./workers.ts";

/** A jugfile that is loaded, as far as a report needs it. */
export interface ReportInspection extends DeclaredTasks {
  readonly session: Pick<Session, "tasks">;
  readonly barriers: Iterable<ReachedBarrier>;
  /** The first unmet barrier, if any. */
  readonly barrier: Place | undefined;
}

/** What a report is made from. */
export interface ReportSource {
  readonly backend: Backend;
  /** The jugfile, as the user wrote it. */
  readonly jugfile: string;
  /** The arguments for the jugfile. */
  readonly args: readonly string[];
  /** The loaded jugfile, or one line that says why it could not be loaded. */
  readonly inspection: ReportInspection | string;
  /** Whether arguments are shown: those of tasks, and those for the jugfile. */
  readonly showsArguments: boolean;
  readonly program: ReportProgram;
  /** Returns the time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The most boxes of the graph: more could not be read on a page. */
const BOXES = 150;
/** The most running tasks in the list. */
const RUNNING = 200;

/** Makes the data of a report. Nothing is changed, and nothing is run. */
export async function makeReport(source: ReportSource): Promise<ReportData> {
  const { backend, jugfile, args, showsArguments, program } = source;
  const problem = typeof source.inspection === "string" ? source.inspection : null;
  const inspection = typeof source.inspection === "string" ? undefined : listedOnce(source.inspection);
  const runs = await readRuns({ backend, inspection, now: source.now });
  const { columns } = runs;
  const find = inspection && findInOrder(columns, inspection.tasks);
  const measured = measure(runs, inspection, find);
  const graph = inspection && graphOf(inspection, runs, find);
  const { total, byName } = graph === undefined ? statesOfJugdir(columns) : statesOfGraph(graph);
  const taskOf = taskNamer(runs, showsArguments);
  const functions = functionsOf({ columns, times: measured.functions, states: byName, taskOf });
  const spans = new Axis(runs.workers.flatMap(({ spans }) => spans));
  const axis = spans.length > 0 ? spans : undefined;
  const declarations = inspection && { tasks: inspection.session.tasks, barriers: inspection.barriers };
  return {
    version: REPORT_VERSION,
    time: runs.now,
    jugfile: { path: jugfile, problem },
    notices: noticesOf(inspection, measured.undeclared ?? 0, problem),
    total,
    functions,
    axis: axis === undefined ? null : {
      stretches: axis.stretches.map(({ from, to }) => [from, to]),
      length: rounded(axis.length),
    },
    activity: axis === undefined ? null : activityOf(runs, axis, declarations, find),
    workers: workersOf({
      ...{ runs, axis, taskOf },
      workers: measured.workers,
      names: functions.list.map(({ name }) => name),
    }),
    running: runningOf(runs, taskOf),
    failures: await failuresOf(backend, showsArguments),
    graph: await drawn(graph, jugfile),
    path: pathOf(measured.path, showsArguments),
    environment: environmentOf({
      ...{ program, runs },
      jugdir: backend.address,
      args: showsArguments ? args : undefined,
    }),
  };
}

/** An inspection makes the list of its tasks anew each time that it is asked for. */
function listedOnce(inspection: ReportInspection): ReportInspection {
  const { tasks, session, barriers, barrier } = inspection;
  return { tasks, session, barriers, barrier, declared: (hash) => inspection.declared(hash) };
}

/** Returns the graph of functions, with the states at the time of the listing. */
function graphOf(
  { session, barriers }: ReportInspection,
  { columns, holders }: Runs,
  find: FindTask | undefined,
): TaskGraph {
  const [resultOf, failureOf] = [rowFinder(columns, "result", find), rowFinder(columns, "failure", find)];
  return foldFunctions({
    session,
    barriers,
    progress: {
      finished: { has: (hash) => resultOf(hash) !== undefined },
      running: new Set(holders.filter(({ state }) => state !== "dead").map(({ hash }) => hash)),
      failed: { has: (hash) => failureOf(hash) !== undefined },
    },
  });
}

async function drawn(graph: TaskGraph | undefined, jugfile: string): Promise<ReportGraph> {
  if (graph === undefined) return { kind: "none", reason: "The graph needs the jugfile, which could not be loaded." };
  if (graph.nodes.length === 0) return { kind: "none", reason: "The jugfile declares no tasks." };
  const [{ renderGraph }, { placeText, summary }] = await Promise.all([
    import("../analysis/graph/render.ts"),
    import("../analysis/graph/labels.ts"),
  ]);
  try {
    const title = placeText({ file: jugfile, line: 0 });
    const { content } = await renderGraph(graph, { format: "svg", title, limit: BOXES });
    if (typeof content === "string") return { kind: "svg", svg: content, summary: summary(graph) };
  } catch (error) {
    // Too much for a picture. The remedy is one for `jug graph`.
    if (!isJugError(error)) throw error;
  }
  const [boxes, arrows] = [counted(graph.nodes.length, "function"), counted(graph.edges.length, "arrow")];
  return {
    kind: "none",
    reason: `${boxes} and ${arrows} are too many for a picture. \`jug graph\` writes them as text.`,
  };
}

function runningOf({ columns }: Runs, taskOf: TaskOfRow): ReportRunning {
  const list: ReportRunningTask[] = [];
  const first = firstRunningRow(columns);
  for (let row = first; row < Math.min(columns.count, first + RUNNING); row++) {
    const worker = columns.workers[columns.worker[row] ?? 0] ?? "";
    list.push({ ...taskOf(row), since: columns.start[row] ?? 0, worker });
  }
  return { list, leftOut: columns.count - first - list.length };
}

function noticesOf(inspection: ReportInspection | undefined, undeclared: number, problem: string | null): string[] {
  const notices: string[] = [];
  if (problem !== null) {
    notices.push(`${problem}, so this shows what the jugdir alone knows: tasks that ran, run or failed.`);
  }
  const barrier = inspection?.barrier;
  if (barrier !== undefined) notices.push(`More tasks may follow the barrier at ${barrier.file}:${barrier.line}.`);
  if (undeclared > 0) {
    const verb = undeclared === 1 ? "is" : "are";
    const place = barrier === undefined ? "" : " before the barrier";
    notices.push(
      `${counted(undeclared, "result")} ${verb} of tasks that the jugfile does not declare${place}. ` +
        "All times but the critical path include them.",
    );
  }
  return notices;
}
