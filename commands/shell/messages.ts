/**
 * The messages between the prompt and an evaluator, which evaluates its inputs.
 *
 * @module
 */
import type { JugErrorKind } from "../../core/errors.ts";
import type { Lifeline } from "../../engine/threads/thread_end.ts";
import type { ShownAnswer } from "./open_shell.ts";

/** What an evaluator needs to load the jugfile. */
export interface EvaluatorSetup {
  readonly jugfile: string;
  readonly jugdir: string;
  readonly args: readonly string[];
  readonly isQuiet: boolean;
  /** Whether to show values in colours. */
  readonly colors: boolean;
}

/** Messages to an evaluator. */
export type ToEvaluator =
  | Lifeline
  /** The evaluator runs in its own process: it must write its messages to stderr, each after the mark. */
  | { readonly kind: "mark"; readonly mark: string }
  | { readonly kind: "open"; readonly setup: EvaluatorSetup }
  | { readonly kind: "evaluate"; readonly id: number; readonly text: string }
  | { readonly kind: "complete"; readonly id: number; readonly line: string }
  /** Stop waiting for the current input. */
  | { readonly kind: "give-up" }
  /** The prompt is ending. The evaluator replies "closing" at once, and "closed" when done. */
  | { readonly kind: "close" };

/** Messages from an evaluator. */
export type FromEvaluator =
  | { readonly kind: "opened"; readonly banner: string }
  /** The jugfile cannot be loaded, or the jugdir cannot be opened. */
  | { readonly kind: "refused"; readonly error: ReportedError }
  | { readonly kind: "answer"; readonly id: number; readonly answer: ShownAnswer }
  | { readonly kind: "completed"; readonly id: number; readonly found: readonly string[]; readonly part: string }
  /** An unhandled error or rejection. */
  | { readonly kind: "astray"; readonly text: string }
  /** The thread in the evaluator's process ended unexpectedly. */
  | { readonly kind: "ended"; readonly reason: string }
  /** Code called a function that ends the shell, such as Deno.exit(1). */
  | ({ readonly kind: "exit" } & ExitCall)
  | { readonly kind: "closing" }
  | { readonly kind: "closed" };

/** A call that ends the shell. */
export interface ExitCall {
  /** The exit status for the shell. */
  readonly status: number;
  /** The call and its place in a module; `undefined` if it was typed at the prompt. */
  readonly text: string | undefined;
}

/** An error that an evaluator reports. */
export interface ReportedError {
  /** `undefined` for an unexpected error. */
  readonly kind: JugErrorKind | undefined;
  readonly message: string;
  readonly stack: string;
}
