/**
 * What passes between a session and the thread that its jugfile is loaded in.
 *
 * @module
 */
import type { SentError } from "../../backends/remote_messages.ts";
import type { Hash } from "../../core/brand.ts";
import type { Place } from "../../core/caller.ts";
import type { Payload } from "../../core/value/payload.ts";
import type { Lifeline } from "../threads/lifeline.ts";
import type { TaskState } from "../inspect/task_state.ts";

/** Begins the thread's work. */
export interface SessionSetup {
  readonly jugfile: string;
  readonly address: string;
  readonly args: readonly string[];
  /** The other end of a store that lives in the thread of the session's owner. */
  readonly store: MessagePort | undefined;
}

/**
 * How far the jugfile is loaded.
 *
 * @category Scripts
 */
export interface SessionLoad {
  /** Whether it was loaded to its end. */
  readonly isLoaded: boolean;
  /** The unmet barrier where it stands; `undefined` where it is loaded. */
  readonly barrier: Place | undefined;
  /** The exports that can be read. */
  readonly exports: readonly string[];
}

/**
 * A task of a session.
 *
 * @category Scripts
 */
export interface SessionTask {
  /** What identifies it. */
  readonly hash: Hash;
  /** `module.function`. */
  readonly name: string;
  /** Its arguments, cut to a line. */
  readonly args: string;
  /** How far it is. */
  readonly state: TaskState;
}

/** Which value is wanted. */
export type Wanted = { readonly name: string } | { readonly hash: Hash };

/** Each call: what it is asked, and what it answers. */
export interface SessionCalls {
  open: { asks: SessionSetup; answers: SessionLoad };
  load: { asks: undefined; answers: SessionLoad };
  tasks: { asks: undefined; answers: readonly SessionTask[] };
  value: { asks: Wanted; answers: Payload };
  /** A pattern, or hashes of tasks. */
  invalidate: { asks: string | readonly Hash[]; answers: number };
  close: { asks: undefined; answers: void };
}

/** A call. */
export type SessionCall = {
  readonly [K in keyof SessionCalls]: { readonly id: number; readonly call: K; readonly ask: SessionCalls[K]["asks"] };
}[keyof SessionCalls];

/** To the thread: the lifeline first, then calls. */
export type ToSession = Lifeline | SessionCall;

/** From the thread. */
export type FromSession =
  | { readonly id: number; readonly answer: SessionCalls[keyof SessionCalls]["answers"] }
  | { readonly id: number; readonly error: SentError }
  /** The thread cannot go on. */
  | { readonly broken: string };
