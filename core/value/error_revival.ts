/**
 * Recreates errors from their stored parts.
 *
 * @module
 */

const STANDARD: Readonly<Record<string, (message: string) => Error>> = {
  Error: (message) => new Error(message),
  TypeError: (message) => new TypeError(message),
  RangeError: (message) => new RangeError(message),
  SyntaxError: (message) => new SyntaxError(message),
  ReferenceError: (message) => new ReferenceError(message),
  EvalError: (message) => new EvalError(message),
  URIError: (message) => new URIError(message),
  AggregateError: (message) => new AggregateError([], message),
  SuppressedError: (message) => new SuppressedError(undefined, undefined, message),
};

const MADE = ["errors", "error", "suppressed"] as const;

/** The parts that {@linkcode reviveError} needs. The fields are set later, when all objects exist. */
export interface ErrorHead {
  readonly isDomException: boolean;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Returns an error of the standard class called `name`. If there is none, returns an Error with this name. */
export function reviveError({ isDomException, name, message, stack }: ErrorHead): Error {
  const error = isDomException ? new DOMException(message, name) : (standard(name) ?? new Error(message));
  // The constructors of AggregateError and SuppressedError set fields. Remove them, since the stored fields are set
  // later.
  for (const key of MADE) if (key in error) Reflect.deleteProperty(error, key);
  if (error.name !== name) define(error, "name", name);
  if (message === "") Reflect.deleteProperty(error, "message");
  define(error, "stack", stack);
  return error;

  function standard(name: string): Error | undefined {
    return Object.hasOwn(STANDARD, name) ? STANDARD[name]?.(message) : undefined;
  }
}

function define(error: Error, key: string, value: string | undefined): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}
