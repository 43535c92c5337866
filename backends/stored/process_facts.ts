/**
 * What a store says of a process besides whether it lives.
 *
 * @module
 */
import type { Owner, ProcessEntry } from "../backend.ts";
import { MAX_OPTIONS } from "../validation.ts";
import { isObject, numberIn, textIn } from "./fields.ts";

/** So many processes are kept in a store, give or take a quarter: those that started last. */
export const MOST_PROCESSES = 4096;

/** What is kept of a process. */
export type ProcessFacts = Omit<ProcessEntry, "id" | "state">;

/** Returns what to keep of a process that joins. */
export function factsOf({ host, pid, started, options }: Owner): ProcessFacts {
  return { host, pid, started, left: undefined, options: options?.slice(0, MAX_OPTIONS) };
}

/** Returns what an object from outside says of a process. What does not have the form is unknown. */
export function factsIn(found: unknown): ProcessFacts {
  const { host, pid, started, left, options } = isObject(found) ? found : {};
  return {
    host: textIn(host),
    pid: Number.isSafeInteger(pid) ? numberIn(pid) : undefined,
    started: numberIn(started),
    left: numberIn(left),
    options: textIn(options)?.slice(0, MAX_OPTIONS),
  };
}
