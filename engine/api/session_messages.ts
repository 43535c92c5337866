/**
 * The messages between a session and the thread that loads its jugfile.
 *
 * @module
 */
import type { SentError } from "../../backends/backend_port/messages.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Lifeline } from "../threads/thread_end.ts";
import type { TaskState } from "../inspect/task_state.ts";

/** Starts the work of the thread. */
export interface SessionSetup {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** The port to a store that lives in the thread that opened the session. */
  readonly store: MessagePort | undefined;
}

/**
 * How far a jugfile is loaded.
 *
 * @category Scripts
 */
export interface SessionLoad {
  /** Whether the jugfile is loaded to its end. */
  readonly isLoaded: boolean;
  /** The unmet barrier at which the jugfile waits; `undefined` if it is loaded. */
  readonly barrier: Place | undefined;
  /** The names of the exports that can be read. */
  readonly exports: readonly string[];
}

/**
 * A task of a session.
 *
 * @category Scripts
 */
export interface SessionTask {
  /** The hash that identifies the task. */
  readonly hash: Hash;
  /** The name of the task: `module.function`. */
  readonly name: string;
  /** The arguments of the task, cut to one line. */
  readonly args: string;
  /** The state of the task. */
  readonly state: TaskState;
}

/** Which value to read: that of an export, or of a task. */
export type Wanted = { readonly name: string } | { readonly hash: Hash };

/** An encoded value: see core/value/payload.ts. */
export interface SentPayload {
  readonly codec: number;
  readonly bytes: Uint8Array;
}

/** The calls: the argument (`asks`) and the result (`answers`) of each. */
export interface SessionCalls {
  open: { asks: SessionSetup; answers: SessionLoad };
  load: { asks: undefined; answers: SessionLoad };
  tasks: { asks: undefined; answers: readonly SessionTask[] };
  value: { asks: Wanted; answers: SentPayload };
  /** A pattern, or hashes of tasks. */
  invalidate: { asks: string | readonly Hash[]; answers: number };
  close: { asks: undefined; answers: void };
}

/** A call. */
export type SessionCall = {
  readonly [K in keyof SessionCalls]: { readonly id: number; readonly call: K; readonly ask: SessionCalls[K]["asks"] };
}[keyof SessionCalls];

/** To the thread: first the lifeline, then calls. */
export type ToSession = Lifeline | SessionCall;

/** From the thread. */
export type FromSession =
  | { readonly id: number; readonly answer: SessionCalls[keyof SessionCalls]["answers"] }
  | { readonly id: number; readonly error: SentError }
  /** The thread cannot continue. */
  | { readonly broken: string };
