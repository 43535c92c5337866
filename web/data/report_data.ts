/**
 * What the page of `jug report` and `jug webstatus` shows. Plain data that JSON can hold: the command makes it, and the
 * page in the browser draws it. Its size is bounded, however many tasks there are.
 *
 * Times are in milliseconds: points in time since 1970, by the workers' clocks. What is unknown is `null`. All texts may
 * come from a store, so that they may contain anything.
 *
 * @module
 */

/** The version of this form. A page refuses data of another one. */
export const REPORT_VERSION = 1;

/** The states of tasks, in the order in which they are shown. */
export type StateName = "finished" | "running" | "failed" | "ready" | "waiting";

/** How many tasks are in each state. Without the jugfile, `ready` and `waiting` are 0 because they are not known. */
export type StateNumbers = Readonly<Record<StateName, number>>;

/** Everything that the page shows. Each top-level field can be replaced by itself, see {@linkcode ReportUpdate}. */
export interface ReportData {
  readonly version: typeof REPORT_VERSION;
  /** When the jugdir was looked at. */
  readonly time: number;
  readonly jugfile: ReportJugfile;
  /** What the reader has to know before believing the figures: unmet barriers, a jugfile that cannot be loaded. */
  readonly notices: readonly string[];
  readonly total: StateNumbers;
  readonly functions: ReportFunctions;
  /** The time axis of `activity` and `workers`; `null` if nothing was run. */
  readonly axis: ReportAxis | null;
  /** `null` if nothing was run. */
  readonly activity: ReportActivity | null;
  readonly workers: ReportWorkers;
  /** The tasks that are running, those that were claimed first at the front. */
  readonly running: ReportRunning;
  readonly failures: ReportFailures;
  readonly graph: ReportGraph;
  /** `null` if the jugfile could not be loaded, or nothing was run. */
  readonly path: ReportPath | null;
  readonly environment: ReportEnvironment;
}

/** Fields that changed. The page keeps the others. */
export type ReportUpdate = Partial<ReportData>;

/** The jugfile. */
export interface ReportJugfile {
  /** As the user wrote it. */
  readonly path: string;
  /** Why it could not be loaded; `null` if it was. Then the jugdir alone tells what was run. */
  readonly problem: string | null;
}

/** The functions: those with the most time first, and of those that were not run the ones with the most tasks. */
export interface ReportFunctions {
  readonly list: readonly ReportFunction[];
  /** How many are left out of the list. */
  readonly leftOut: number;
  /**
   * The borders of the bins of all histograms, one more than there are bins. They grow by a factor, except that the
   * first is 0.
   */
  readonly borders: readonly number[];
}

/** The tasks of one name. */
export interface ReportFunction {
  readonly name: string;
  readonly states: StateNumbers;
  /** How many runs gave a result that is stored. */
  readonly runs: number;
  /** The sum of their durations. */
  readonly total: number;
  /** `null` if there are none. */
  readonly spread: ReportSpread | null;
  /** How many of these runs have a duration in each bin. */
  readonly histogram: readonly number[];
}

/** How the durations of a function are spread. */
export interface ReportSpread {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** The task that took longest. */
  readonly longestTask: ReportTask;
}

/** A task. */
export interface ReportTask {
  readonly hash: string;
  /** `null` if only the jugfile would tell it. */
  readonly name: string | null;
  /** Its arguments, shortened; `null` if they are unknown or to be left out. */
  readonly args: string | null;
}

/**
 * The time in which workers were there. The time in which nobody was there, such as the night between two runs, is cut
 * out: the axis counts attended time from 0 to `length`.
 */
export interface ReportAxis {
  /** The stretches of attended time, in their order, without overlaps. */
  readonly stretches: readonly (readonly [from: number, to: number])[];
  /** The sum of their lengths. */
  readonly length: number;
}

/** Averages over equal parts of the axis. */
export interface ReportActivity {
  /** How many tasks ran at a time. */
  readonly running: readonly number[];
  /** How many tasks could have been run, but were not; `null` if the jugfile could not be loaded. */
  readonly ready: readonly number[] | null;
  /** How many workers were there. */
  readonly workers: readonly number[];
  /** The part of the workers' time in which they ran nothing, between 0 and 1; `null` where nobody was there. */
  readonly idle: readonly (number | null)[];
}

/** The workers: those that were there longest first. */
export interface ReportWorkers {
  readonly list: readonly ReportWorker[];
  /** How many are left out of the list. */
  readonly leftOut: number;
  /** How many there were. */
  readonly count: number;
  /** The part of their time in which they ran nothing, all together, between 0 and 1; `null` if they had no time. */
  readonly idle: number | null;
  /** The names that the lanes refer to. */
  readonly names: readonly string[];
  /** How the lanes are drawn. */
  readonly lanes: "bars" | "bins";
}

/** A worker and its lane. */
export interface ReportWorker {
  /** Host, process and thread, as `node7:4894.0`. */
  readonly name: string;
  readonly runs: number;
  readonly busy: number;
  /** How long it was there. */
  readonly present: number;
  readonly idle: number | null;
  /** When it was there, on the axis. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  /** Into how many rows its bars are spread, so that none overlap. */
  readonly rows: number;
  /** Set if lanes are bars. */
  readonly bars: readonly ReportBar[];
  /** Set if lanes are bins: equal parts of the axis. */
  readonly bins: readonly ReportBin[];
}

/** A run in a lane. */
export interface ReportBar {
  /** The beginning on the axis, and the length. */
  readonly at: number;
  readonly length: number;
  readonly row: number;
  /** The index of its name in `names`; -1 if it is not known. */
  readonly name: number;
  readonly kind: "result" | "failure" | "running";
  readonly hash: string;
  readonly args: string | null;
}

/** A part of a lane: the busy share in percent, and the index of the name that took most of it; -1 if there is none. */
export type ReportBin = readonly [busy: number, name: number];

/** The tasks that are running. */
export interface ReportRunning {
  readonly list: readonly ReportRunningTask[];
  readonly leftOut: number;
}

/** A running task. */
export interface ReportRunningTask extends ReportTask {
  readonly since: number;
  readonly worker: string;
}

/** Failures, similar ones grouped: the largest groups first. */
export interface ReportFailures {
  readonly count: number;
  readonly groups: readonly ReportFailureGroup[];
  /** How many groups are left out. */
  readonly leftOut: number;
  /** How many failures were not read, because there are too many. */
  readonly unread: number;
  /** How many cannot be read, because they are damaged or written by a newer jug. */
  readonly unreadable: number;
}

/** Similar failures. */
export interface ReportFailureGroup {
  readonly count: number;
  readonly error: string;
  /** The message, with placeholders for the parts that differ. */
  readonly message: string;
  /** The stack of the first. */
  readonly stack: string;
  /** The end of the output of the first; `null` if there was none. */
  readonly log: string | null;
  /** The first ones. */
  readonly tasks: readonly ReportFailedTask[];
}

/** A failed task. */
export interface ReportFailedTask extends ReportTask {
  readonly time: number;
  readonly host: string | null;
  readonly pid: number | null;
  readonly attempt: number;
  /** Whether later runs skip it (`--keep-failed`). */
  readonly isKept: boolean;
}

/** The folded graph. */
export type ReportGraph =
  /** an SVG whose texts are escaped, with the classes that docs/graph.md lists */
  | { readonly kind: "svg"; readonly svg: string; readonly summary: string }
  /** there is none, for this reason */
  | { readonly kind: "none"; readonly reason: string };

/** The chain of tasks, each needed by the next, that took longest. */
export interface ReportPath {
  readonly total: number;
  /** How many tasks it has. */
  readonly count: number;
  /** Consecutive tasks of one name are one step. */
  readonly steps: readonly ReportStep[];
  /** How many steps are left out in the middle, after the first half of those in the list. */
  readonly leftOut: number;
}

/** Consecutive tasks of one name on the path. */
export interface ReportStep {
  readonly name: string;
  readonly count: number;
  readonly total: number;
  /** The first of them. */
  readonly first: ReportTask;
}

/** Where and how it was run. */
export interface ReportEnvironment {
  /** The versions with which the report was made. */
  readonly jug: string;
  readonly deno: string;
  readonly platform: string;
  /** The arguments for the jugfile; `null` if they are to be left out. */
  readonly args: readonly string[] | null;
  /** The address of the jugdir, without a password. */
  readonly jugdir: string;
  /** The hosts whose workers are known. */
  readonly hosts: readonly string[];
  /** The processes that worked, the last one first. */
  readonly processes: readonly ReportProcess[];
  readonly processesLeftOut: number;
}

/** A process that worked. */
export interface ReportProcess {
  readonly host: string | null;
  readonly pid: number | null;
  readonly started: number | null;
  readonly left: number | null;
  readonly state: "alive" | "left" | "dead" | "unknown";
  /** The options of its command line. */
  readonly options: string | null;
}
