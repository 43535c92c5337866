/**
 * Writes down what happens in a run, line by line.
 *
 * @module
 */
import type { Note } from "../threads/notes.ts";
import type { FileOperation } from "../threads/operations.ts";
import type { Result } from "./sim_process.ts";

/** Records what happens in a run. */
export interface Trace {
  operation(now: number, who: string, operation: FileOperation, result: Result, stale: readonly string[]): void;
  note(now: number, who: string, note: Note): void;
  say(now: number, who: string, text: string): void;
}

/** Records nothing. */
export const NO_TRACE: Trace = { operation() {}, note() {}, say() {} };

function shortened(text: string): string {
  // Hashes of a scenario differ only in their first and last digits.
  return text.replace(/[0-9a-f]{36,40}/g, (hash) => `…${hash.slice(-2)}`).replaceAll("\n", "⏎");
}

function fields(object: object): string {
  return Object.entries(object)
    .filter(([key]) => key !== "kind")
    .map(([, value]) => typeof value === "string" ? value : JSON.stringify(value))
    .join(" ");
}

function line(now: number, who: string, text: string): string {
  return `${(now / 1000).toFixed(4).padStart(10)} ${who.padEnd(12)} ${shortened(text)}`;
}

/** Returns a trace that calls `write` with each line. */
export function tracing(write: (line: string) => void): Trace {
  return {
    operation(now, who, operation, result, stale) {
      const answer = result.kind === "failure" ? result.code : JSON.stringify(result.value ?? null);
      const mark = stale.length > 0 ? `   STALE: ${stale.join(", ")}` : "";
      write(line(now, who, `${operation.kind} ${fields(operation)} -> ${answer}${mark}`));
    },
    note: (now, who, note) => write(line(now, who, `* ${note.kind} ${fields(note)}`)),
    say: (now, who, text) => write(line(now, who, `=== ${text}`)),
  };
}
