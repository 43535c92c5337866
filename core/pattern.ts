/**
 * Parses the value of `--target`.
 *
 * @module
 */
import { JugError } from "./errors.ts";

/** A parsed `--target`. */
export interface TaskPattern {
  /** The pattern as the user wrote it. */
  readonly text: string;
  /** Whether the pattern matches the task name `name` (`module.function`). */
  matches(name: string): boolean;
}

/** The beginning of messages about a pattern. */
const SUBJECT = "option '--target'";

/**
 * Parses a pattern: `/regular expression/` (found anywhere in the name), a full name (`primes.isPrime`) or a function's
 * name without the module (`isPrime`). Names are compared whole: `isPrime` does not match `isPrimeTwo`.
 *
 * @param subject The beginning of a message about the pattern
 * @throws {JugError} of kind "usage" if `text` is empty, or an unfinished or invalid regular expression.
 */
export function taskPattern(text: string, subject = SUBJECT): TaskPattern {
  if (text === "") {
    throw new JugError("usage", `${subject} is empty`, {
      remedy: "Give a task's name (primes.isPrime or isPrime) or a regular expression (/^primes/)",
    });
  }
  const regex = /^\/(.+)\/$/s.exec(text)?.[1];
  if (regex !== undefined) {
    const compiled = compile(regex, text, subject);
    return { text, matches: (name) => compiled.test(name) };
  }
  // No task name begins with a slash.
  if (text.startsWith("/")) {
    throw new JugError("usage", `${subject} contains an unfinished regular expression: ${text}`, {
      remedy: "End it with a slash and write nothing after it, as in /^primes/",
    });
  }
  return { text, matches: (name) => name === text || name.endsWith(`.${text}`) };
}

function compile(source: string, text: string, subject: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new JugError("usage", `${subject} contains an invalid regular expression: ${text}`, {
      remedy: error instanceof Error ? error.message : "Fix the expression between the slashes",
      cause: error,
    });
  }
}
