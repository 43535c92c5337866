/**
 * What the page of `jug webstatus` asks its server for. The page of `jug report` has no server.
 *
 * The server sends a {@linkcode ReportUpdate} as the data of each event `update` of `GET events` (server-sent events); the
 * first has all fields. All other answers are JSON.
 *
 * @module
 */
import type { ReportTask, StateName } from "./report_data.ts";

/** The settings of a live page. They are in the page, in the element {@linkcode LIVE_ELEMENT}, as JSON. */
export interface LiveSettings {
  /** The token for reading, sent as `Authorization: Bearer`, and as the parameter `token` of `GET events`; if any. */
  readonly token: string | null;
  /** The token for actions, sent as `X-Jug-Action`; `null` if actions are not allowed. */
  readonly actionToken: string | null;
}

/** Which tasks are listed: the query of `GET tasks`. */
export interface TaskQuery {
  /** Only tasks in this state. */
  readonly state?: StateName;
  /** Only tasks whose name, arguments or hash contain this text, upper and lower case alike. */
  readonly search?: string;
  /** The position of the first task of the answer. */
  readonly from: number;
  /** How many tasks to answer with, at most 500. */
  readonly count: number;
}

/** Tasks of a listing: the answer of `GET tasks`. */
export interface TaskPage {
  /** How many tasks match. */
  readonly total: number;
  readonly from: number;
  readonly tasks: readonly ListedTask[];
}

/** A task in a listing. */
export interface ListedTask extends ReportTask {
  readonly state: StateName;
  readonly start: number | null;
  /** How long its run took, or has taken so far. */
  readonly duration: number | null;
  readonly worker: string | null;
}

/** All about one task: the answer of `GET tasks/HASH`. */
export interface TaskDetail extends ListedTask {
  readonly finish: number | null;
  /** The size of the stored result or failure, in bytes. */
  readonly size: number | null;
  /** The arguments, in full as far as they are recorded; `null` if they are unknown or to be left out. */
  readonly fullArgs: string | null;
  /** The beginning of the result as text; `null` if there is none. */
  readonly result: string | null;
  /** Whether `result` is only the beginning. */
  readonly isResultCut: boolean;
  /** The end of its output; `null` if there is none. */
  readonly log: string | null;
  readonly failure: TaskFailure | null;
  /** Why it is in its state, in the words of `jug why`; empty if that is not known. */
  readonly why: readonly string[];
  /** The tasks that it needs, at most 100, and how many there are. */
  readonly needs: readonly ListedTask[];
  readonly needsCount: number;
}

/** The failure of a task. */
export interface TaskFailure {
  readonly message: string;
  readonly stack: string;
  readonly time: number;
  readonly attempt: number;
}

/** An action: the body of `POST actions`. */
export interface ActionRequest {
  /**
   * `invalidate` removes the result of a task, and of all that depend on it; `retry` removes the failure of a task, so
   * that the next run tries it again.
   */
  readonly kind: "invalidate" | "retry";
  readonly hash: string;
  /** Whether to tell only what would be done, so that the user can be asked. */
  readonly isDry: boolean;
}

/** What an action did: the answer of `POST actions`. */
export interface ActionAnswer {
  /** What was done or would be done, or why nothing was, for the user. */
  readonly text: string;
  /** Whether it was done, or could be done. */
  readonly isDone: boolean;
}

/** The id of the element with the report's data. */
export const DATA_ELEMENT = "jug-data";
/** The id of the element with the settings of a live page. */
export const LIVE_ELEMENT = "jug-live";
