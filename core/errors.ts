/**
 * Misuse and faults that a user can mend. Each message says what happened and where; `remedy` says what to do.
 *
 * @module
 */

/**
 * Which part of the work an error belongs to; the command line turns it into an exit status.
 *
 * @category Errors
 */
export type JugErrorKind =
  /** the user's code or command asks for what cannot be */
  | "usage"
  /** the jugfile could not be loaded */
  | "jugfile"
  /** the backend cannot be reached, read or written */
  | "backend"
  /** results that were asked for are not there */
  | "missing";

/**
 * Options of a {@linkcode JugError}.
 *
 * @category Errors
 */
export interface JugErrorOptions {
  /** What the user can do about it, one sentence. */
  readonly remedy?: string;
  /** What led to it. */
  readonly cause?: unknown;
}

/**
 * An error whose reader is the user: its message is shown without a stack of ours.
 *
 * @category Errors
 */
export class JugError extends Error {
  /** Tells it from other errors, of this copy of the library or another. */
  override readonly name = "JugError";
  /** Which part of the work it belongs to. */
  readonly kind: JugErrorKind;
  /** What to do about it. */
  readonly remedy: string | undefined;

  /** An error whose message is `message` and, on a line of its own, the remedy. */
  constructor(kind: JugErrorKind, message: string, options: JugErrorOptions = {}) {
    super(
      options.remedy === undefined ? message : `${message}\n  ${options.remedy}`,
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.kind = kind;
    this.remedy = options.remedy;
  }
}

/** Whether `error` is a {@linkcode JugError} of this copy of the library or another. */
export function isJugError(error: unknown): error is JugError {
  return error instanceof Error && error.name === "JugError" && "kind" in error && "remedy" in error;
}
