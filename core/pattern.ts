/**
 * Which tasks a `--target` means.
 *
 * @module
 */
import { JugError } from "./errors.ts";

/** A `--target` that was understood. */
export interface TaskPattern {
  /** As the user wrote it. */
  readonly text: string;
  /** Whether the task of this name (`module.function`) is meant. */
  matches(name: string): boolean;
}

/**
 * Understands `/regular expression/` (found anywhere in the name), a full name (`primes.isPrime`) or a bare function's
 * name (`isPrime`). Names are compared whole: `isPrime` does not mean `isPrimeTwo`.
 *
 * @throws {JugError} of kind "usage" where it is empty, or a regular expression that is unfinished or not valid.
 */
export function taskPattern(text: string): TaskPattern {
  if (text === "") {
    throw new JugError("usage", "option '--target' is empty", {
      remedy: "Give a task's name (primes.isPrime or isPrime) or a regular expression (/^primes/)",
    });
  }
  const regex = /^\/(.+)\/$/s.exec(text)?.[1];
  if (regex !== undefined) {
    const compiled = compile(regex, text);
    return { text, matches: (name) => compiled.test(name) };
  }
  // No name begins so.
  if (text.startsWith("/")) {
    throw new JugError("usage", `option '--target' holds an unfinished regular expression: ${text}`, {
      remedy: "End it with a slash and nothing behind it, as in /^primes/",
    });
  }
  return { text, matches: (name) => name === text || name.endsWith(`.${text}`) };
}

function compile(source: string, text: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new JugError("usage", `option '--target' holds an invalid regular expression: ${text}`, {
      remedy: error instanceof Error ? error.message : "Mend the expression between the slashes",
      cause: error,
    });
  }
}
