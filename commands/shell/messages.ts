/**
 * What the prompt and the place where inputs are evaluated tell each other.
 *
 * @module
 */
import type { JugErrorKind } from "../../core/errors.ts";
import type { Lifeline } from "../../engine/threads/lifeline.ts";
import type { ShownAnswer } from "./open_shell.ts";

/** What an evaluator is given. */
export interface EvaluatorSetup {
  readonly jugfile: string;
  readonly jugdir: string;
  readonly args: readonly string[];
  readonly isQuiet: boolean;
  /** Whether values are shown in colours. */
  readonly colors: boolean;
}

/** What an evaluator hears. */
export type ToEvaluator =
  | Lifeline
  /** It has a process of its own: what it says it writes to stderr, each message behind the mark. */
  | { readonly kind: "mark"; readonly mark: string }
  | { readonly kind: "open"; readonly setup: EvaluatorSetup }
  | { readonly kind: "evaluate"; readonly id: number; readonly text: string }
  | { readonly kind: "complete"; readonly id: number; readonly line: string }
  /** Nobody waits for the current input any more. */
  | { readonly kind: "give-up" }
  /** The prompt is over; "closing" answers it, and then "closed". */
  | { readonly kind: "close" };

/** What an evaluator says. */
export type FromEvaluator =
  | { readonly kind: "opened"; readonly banner: string }
  /** The jugfile cannot be loaded, or the jugdir not be opened. */
  | { readonly kind: "refused"; readonly error: ReportedError }
  | { readonly kind: "answer"; readonly id: number; readonly answer: ShownAnswer }
  | { readonly kind: "completed"; readonly id: number; readonly found: readonly string[]; readonly part: string }
  /** An error that nobody awaits or catches. */
  | { readonly kind: "astray"; readonly text: string }
  /** The thread of its process has ended, and nobody asked for that. */
  | { readonly kind: "ended"; readonly reason: string }
  /** An input asked for the end, as in Deno.exit(1). */
  | ({ readonly kind: "exit" } & ExitCall)
  | { readonly kind: "closing" }
  | { readonly kind: "closed" };

/** A call that ends the shell. */
export interface ExitCall {
  /** What the shell ends with. */
  readonly status: number;
  /** Which call it was, and where in a module; `undefined` where it was typed at the prompt. */
  readonly text: string | undefined;
}

/** An error of an evaluator. */
export interface ReportedError {
  /** `undefined`: a fault that nobody foresaw. */
  readonly kind: JugErrorKind | undefined;
  readonly message: string;
  readonly stack: string;
}
