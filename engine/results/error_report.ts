/**
 * Converts errors into what users need: the message, and the stack frames of user code.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import type { Hash } from "../../core/brand.ts";
import { isForeignFile } from "../../core/caller.ts";
import { isJugError } from "../../core/errors.ts";
import { missingPermission } from "../../core/remedy/missing_permission.ts";

/**
 * An error as plain text fields. Error objects lose their fields when they are sent between threads.
 *
 * @category Scripts
 */
export interface ErrorReport {
  /** The error's class, such as "TypeError". */
  readonly name: string;
  /** The error's message. */
  readonly message: string;
  /** The stack frames of user code, innermost first. */
  readonly frames: readonly string[];
  /** The whole stack, for `--verbose debug`. */
  readonly stack: string;
  /** A JugError's remedy, or "" if it has none; `undefined` for other errors. A JugError is shown without name. */
  readonly remedy: string | undefined;
}

/**
 * A failed task and its error.
 *
 * @category Scripts
 */
export interface TaskFailure {
  /** The task's hash. */
  readonly hash: Hash;
  /** The task's name, `module.function`. */
  readonly name: string;
  /** The task's arguments, shortened to one line. */
  readonly args: string;
  /** The error that it threw. */
  readonly error: ErrorReport;
}

/**
 * Matches a line of a V8 stack and captures its address: ` at isPrime (file:///home/ann/primes.ts:7:9)`. V8 escapes
 * nothing, so an address may contain spaces and brackets. Such an address is recognized only if line and column numbers
 * follow; otherwise the line could be prose.
 */
const FRAME =
  /^\s+at (?:.*?\()??(?:async )?((?:[a-z]+:\/\/|ext:|node:|data:|blob:|\/)(?:[^\s()]*?(?=(?::\d+){0,2}\)?$)|.*?(?=:\d+:\d+\)?$)))/;

/**
 * Returns the stack frames of user code, innermost first: those outside jug and the runtime. Drops repeated lines,
 * since errors of the module loader may contain a frame twice.
 */
export function userFrames(stack: string): string[] {
  return stack.split("\n").filter((line) => {
    const file = FRAME.exec(line)?.[1];
    return file !== undefined && !isForeignFile(file);
  }).map((line) => line.trim()).filter((line, index, all) => line !== all[index - 1]);
}

/** Removes stack frames and colour codes, which messages of module errors contain even when colours are disabled. */
function plainMessage(message: string): string {
  return stripVTControlCharacters(message).split("\n").filter((line) => !FRAME.test(line)).join("\n");
}

/** Returns the error's message, followed by the stack frames of user code. */
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

/** Returns the report of a thrown value, which may be anything. */
export function reportError(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) {
    return plainReport(
      `${typeof thrown === "string" ? thrown : Deno.inspect(thrown)} was thrown, which is not an Error`,
    );
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

/**
 * Returns the stack frames of user code. For a JugError without any, returns those of its cause, which user code threw.
 */
function framesOf(thrown: Error, stack: string): string[] {
  const own = userFrames(stack);
  return own.length === 0 && isJugError(thrown) && thrown.cause instanceof Error
    ? userFrames(stripVTControlCharacters(thrown.cause.stack ?? ""))
    : own;
}

/** Returns the text that reports a task's failure: the task, the error, and where in user code it was thrown. */
export function failureText({ name, args, error }: TaskFailure): string {
  return `${name}(${args}) failed\n  ${errorText(error)}`;
}
