/**
 * Errors as their reader needs them: the message, and the frames of his own code.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import type { Hash } from "../../core/brand.ts";
import { isForeignFile } from "../../core/caller.ts";
import { isJugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";

/**
 * An error as text, since errors lose their fields on the way between threads.
 *
 * @category Scripts
 */
export interface ErrorReport {
  /** The error's class, as in "TypeError". */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Frames of the user's own code, innermost first. */
  readonly frames: readonly string[];
  /** The whole stack, for `--verbose debug`. */
  readonly stack: string;
  /** Set for a JugError, whose message says it all. */
  readonly remedy: string | undefined;
}

/**
 * A task that failed.
 *
 * @category Scripts
 */
export interface TaskFailure {
  /** Which task. */
  readonly hash: Hash;
  /** Its name, `module.function`. */
  readonly name: string;
  /** Its arguments, cut to a line. */
  readonly args: string;
  /** What it threw. */
  readonly error: ErrorReport;
}

/**
 * The address in a line of a V8 stack: `    at isPrime (file:///home/ann/primes.ts:7:9)`. V8 escapes nothing, so there may be
 * spaces and brackets in it; only where the line's and the column's numbers follow is it told from prose.
 */
const FRAME =
  /^\s+at (?:.*?\()??(?:async )?((?:[a-z]+:\/\/|ext:|node:|data:|blob:|\/)(?:[^\s()]*?(?=(?::\d+){0,2}\)?$)|.*?(?=:\d+:\d+\)?$)))/;

/** Frames of code that is neither ours nor the runtime's, innermost first. A loader's error may hold its frame twice. */
export function userFrames(stack: string): string[] {
  return stack.split("\n").filter((line) => {
    const file = FRAME.exec(line)?.[1];
    return file !== undefined && !isForeignFile(file);
  }).map((line) => line.trim()).filter((line, index, all) => line !== all[index - 1]);
}

/** The message of an error about a module holds its frames, and colours even where nobody asked for them. */
function plainMessage(message: string): string {
  return stripVTControlCharacters(message).split("\n").filter((line) => !FRAME.test(line)).join("\n");
}

/** What an error says, and where in the user's own code it arose. */
export function errorText({ name, message, frames, remedy }: ErrorReport): string {
  const saysItself = remedy !== undefined || message.startsWith("SyntaxError: ");
  const refusal = name === "NotCapable" ? missingPermission(message) : undefined;
  return [refusal ?? (saysItself ? message : `${name}: ${message}`), ...frames.map((frame) => `    ${frame}`)].join(
    "\n",
  );
}

/** Makes a report of a message that no error was thrown for. */
export function plainReport(message: string, stack = ""): ErrorReport {
  return { name: "Error", message, frames: [], stack, remedy: undefined };
}

/** What is to be said of anything that was thrown. */
export function reportError(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) {
    return plainReport(`${typeof thrown === "string" ? thrown : Deno.inspect(thrown)} was thrown, which is no Error`);
  }
  const stack = stripVTControlCharacters(thrown.stack ?? "");
  const cause = thrown.cause instanceof Error ? ` (caused by ${thrown.cause.name}: ${thrown.cause.message})` : "";
  return {
    name: thrown.name,
    message: plainMessage(thrown.message) + (isJugError(thrown) ? "" : cause),
    frames: framesOf(thrown, stack),
    stack,
    remedy: isJugError(thrown) ? thrown.remedy ?? "" : undefined,
  };
}

/** Where it arose in the user's own code; what we say of an error that he threw points to his. */
function framesOf(thrown: Error, stack: string): string[] {
  const own = userFrames(stack);
  return own.length === 0 && isJugError(thrown) && thrown.cause instanceof Error
    ? userFrames(stripVTControlCharacters(thrown.cause.stack ?? ""))
    : own;
}

/** A task's failure as its user reads it: which task, what, where in his own code. */
export function failureText({ name, args, error }: TaskFailure): string {
  return `${name}(${args}) failed\n  ${errorText(error)}`;
}
