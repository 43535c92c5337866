/**
 * The answers to the question why a task is in its state, as data.
 *
 * @module
 */
import type { Hash } from "../../../core/brand.ts";
import type { Place } from "../../../core/caller.ts";
import type { Recorded } from "../../../core/value/recorded/form.ts";
import type { Holder } from "../holders.ts";

/** A task as answers name it. */
export interface TaskName {
  readonly hash: Hash;
  readonly name: string;
  /** Its number among the tasks of its name, counted from 0. */
  readonly index: number;
  /** Its arguments, in one line. */
  readonly args: string;
}

/** A task, and why it is in its state. */
export interface Explanation {
  readonly task: TaskName;
  readonly answer: Answer;
  /** How many tasks of the name there are; 1 if a single one was asked for. */
  readonly count: number;
  /** How many of them are in the same state for the same reason, including this one. */
  readonly sharing: number;
}

/** Why a task is in its state. */
export type Answer =
  | FinishedAnswer
  | { readonly kind: "running"; readonly holder: Holder }
  /** its worker claimed it together with others, and runs one of those first */
  | { readonly kind: "queued"; readonly holder: Holder; readonly behind: TaskName | undefined }
  /** the process that ran it is dead: the next worker takes it over */
  | { readonly kind: "abandoned"; readonly holder: Holder; readonly workers: number }
  | FailedAnswer
  | ReadyAnswer
  | WaitingAnswer;

/** It has a result. */
export interface FinishedAnswer {
  readonly kind: "finished";
  /** When and where it was computed; `undefined` if the record cannot be read. */
  readonly run: { readonly start: number; readonly finish: number; readonly worker: string } | undefined;
  /** Whether the function's code is still the one that computed it. */
  readonly code: CodeState;
}

/** Whether the code that computed a result is the present one. */
export type CodeState = "same" | "changed" | "unknown";

/** Its last attempt failed. */
export interface FailedAnswer {
  readonly kind: "failed";
  /** `undefined` if its record cannot be read. */
  readonly failure:
    | {
      readonly error: string;
      readonly message: string;
      readonly frame: string | undefined;
      readonly attempt: number;
      readonly time: number;
      readonly host: string | undefined;
      readonly pid: number | undefined;
      /** Whether later runs skip the task. */
      readonly kept: boolean;
    }
    | undefined;
}

/** Nothing that it needs is missing, but nobody runs it. */
export interface ReadyAnswer {
  readonly kind: "ready";
  readonly reason: ReadyReason;
  /** Why it has no result yet; `undefined` if that was not asked. */
  readonly again: Again | undefined;
}

/** Why a ready task does not run. */
export type ReadyReason =
  | { readonly kind: "nobody-works" }
  /** every process that works has a `--target` that leaves it out */
  | { readonly kind: "left-out"; readonly targets: readonly string[] }
  /** no process that works has as much of a resource */
  | { readonly kind: "lacks-resources"; readonly resource: string; readonly needed: number; readonly most: number }
  /** its function has a limit, and as many of its tasks as that allows may be running */
  | { readonly kind: "limited"; readonly limits: readonly string[]; readonly running: number; readonly workers: number }
  /** the workers run other tasks */
  | { readonly kind: "in-turn"; readonly workers: number; readonly ready: number };

/** It needs results that are missing. */
export interface WaitingAnswer {
  readonly kind: "waiting";
  /** How many of its direct dependencies have no result. */
  readonly missing: number;
  /** How many direct dependencies there are. */
  readonly needed: number;
  /** How many tasks without a result it needs, directly or indirectly. */
  readonly below: number;
  /** The tasks at the bottom, by name and state: nothing that they need is missing. */
  readonly roots: readonly RootGroup[];
  /** For a compound task whose function waits: at which barrier. */
  readonly barrier: Place | undefined;
  /** Whether it is a compound task whose function has not declared all its tasks yet. */
  readonly isUnopened: boolean;
  readonly again: Again | undefined;
}

/** Tasks of one name in the same state. */
export interface RootGroup {
  readonly count: number;
  /** The first of them. */
  readonly task: TaskName;
  readonly answer: Exclude<Answer, WaitingAnswer>;
}

/** Why there is no result. */
export type Again =
  /** no result was ever stored under the name */
  | { readonly kind: "never" }
  /** there are results of the name, and all belong to other tasks of the jugfile */
  | { readonly kind: "new"; readonly others: number }
  /**
   * it, or another task of the name, had a result: a task that was computed from it has one, or more were stored than
   * there are (`count`, 0 if that is not known)
   */
  | { readonly kind: "removed"; readonly dependent: TaskName | undefined; readonly count: number }
  /** the stored results of the name do not say with which arguments they were computed */
  | { readonly kind: "unrecorded"; readonly others: number }
  | DiffersAgain;

/** A result is stored that the jugfile does not ask for any more. This is how the task differs from it. */
export interface DiffersAgain {
  readonly kind: "differs";
  /** The stored result. */
  readonly from: { readonly hash: Hash; readonly finish: number; readonly worker: string };
  /** How many results of the name belong to no task of the jugfile. */
  readonly others: number;
  /** Empty if only a secret or a changed form of the hash can be the cause. */
  readonly differences: readonly Difference[];
  /** Whether a secret among the arguments may be what differs. */
  readonly hasSecret: boolean;
  readonly code: CodeState;
}

/** One difference between two calls of a function. */
export type Difference =
  | { readonly kind: "version"; readonly was: string | undefined; readonly is: string | undefined }
  /** `undefined`: there was none, or there is none */
  | {
    readonly kind: "value";
    readonly path: string;
    readonly was: Recorded | undefined;
    readonly is: Recorded | undefined;
  }
  /** another task of the same name */
  | {
    readonly kind: "task";
    readonly path: string;
    readonly name: string;
    readonly was: string;
    readonly is: string;
    /** How the two differ; `undefined` if that is not known. */
    readonly because: readonly Difference[] | undefined;
  };

/** Why the jugfile does not declare a task. */
export type Absence =
  /** a barrier is not met, and tasks may follow it */
  | {
    readonly kind: "hidden";
    readonly name: string;
    readonly barrier: Place;
    /** How many tasks the barrier waits for. */
    readonly missing: number;
    readonly roots: readonly RootGroup[];
    /** How many results of the name are stored. */
    readonly stored: number;
  }
  /** results of the name are stored, but the jugfile does not declare it any more */
  | {
    readonly kind: "undeclared";
    readonly name: string;
    readonly hash: Hash | undefined;
    readonly stored: number;
    readonly last: { readonly finish: number; readonly worker: string };
    /** The declared task that differs least. */
    readonly closest: { readonly task: TaskName; readonly differences: readonly Difference[] } | undefined;
  };
