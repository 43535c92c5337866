/**
 * Errors that a user can fix. The message says what happened and where; `remedy` says what to do.
 *
 * @module
 */

/**
 * The category of an error; the command line derives the exit status from it.
 *
 * @category Errors
 */
export type JugErrorKind =
  /** the user's code or command is invalid */
  | "usage"
  /** the jugfile could not be loaded */
  | "jugfile"
  /** the backend cannot be reached, read or written */
  | "backend"
  /** requested results do not exist */
  | "missing";

/**
 * Options of a {@linkcode JugError}.
 *
 * @category Errors
 */
export interface JugErrorOptions {
  /** What the user can do about it, in one sentence. Default: none. */
  readonly remedy?: string;
  /** The error that caused this one, as in `Error`. Default: none. */
  readonly cause?: unknown;
}

/**
 * An error that a user can fix. The command line shows its message without a stack.
 *
 * @category Errors
 */
export class JugError extends Error {
  /** Distinguishes this error from others, also across copies of the library. */
  override readonly name = "JugError";
  /** The category of the error. */
  readonly kind: JugErrorKind;
  /** What the user can do about it. */
  readonly remedy: string | undefined;

  /** Creates an error whose message is `message`, followed by the remedy (if any) on the next line. */
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
