/**
 * Errors as their reader needs them: the message, and the frames of his own code.
 *
 * @module
 */
import { isForeignFile } from "../core/caller.ts";
import { isJugError } from "../core/errors.ts";
import type { ErrorReport } from "./messages.ts";

/** The address in a line of a V8 stack: `    at isPrime (file:///home/ann/primes.ts:7:9)`. */
const FRAME = /^\s+at (?:.*?\()?(?:async )?((?:[a-z]+:\/\/|ext:|node:|data:|blob:|\/)[^\s()]*?)(?::\d+){0,2}\)?$/;

/** Frames of code that is neither ours nor the runtime's, innermost first. */
export function userFrames(stack: string): string[] {
  return stack.split("\n").filter((line) => {
    const file = FRAME.exec(line)?.[1];
    return file !== undefined && !isForeignFile(file);
  }).map((line) => line.trim());
}

/** What is to be said of anything that was thrown. */
export function reportError(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) {
    return {
      name: "Error",
      message: `${typeof thrown === "string" ? thrown : Deno.inspect(thrown)} was thrown, which is no Error`,
      frames: [],
      stack: "",
      remedy: undefined,
    };
  }
  const stack = thrown.stack ?? "";
  const cause = thrown.cause instanceof Error ? ` (caused by ${thrown.cause.name}: ${thrown.cause.message})` : "";
  return {
    name: thrown.name,
    message: thrown.message + (isJugError(thrown) ? "" : cause),
    frames: userFrames(stack),
    stack,
    remedy: isJugError(thrown) ? thrown.remedy ?? "" : undefined,
  };
}
