/**
 * Errors put together again.
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

/** What {@linkcode reviveError} needs first; the fields follow when all objects are there. */
export interface ErrorHead {
  readonly isDomException: boolean;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** An error of the standard class of that name where there is one, else an Error that bears the name. */
export function reviveError({ isDomException, name, message, stack }: ErrorHead): Error {
  const error = isDomException ? new DOMException(message, name) : (standard(name) ?? new Error(message));
  // AggregateError and SuppressedError make fields of their own; the stored ones bring theirs.
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
