/**
 * How tasks of these jugfiles report to the test that watches them: they append a line per event to a file of their
 * process.
 *
 * @module
 */
import { existsSync } from "node:fs";

/** Appends the line `event id time` (milliseconds since 1970) to this process's file in `folder`. */
export function note(folder: string, event: "begin" | "end", id: string): void {
  // Each line is a single write to a file opened for appending, so lines of several threads do not mix.
  Deno.writeTextFileSync(`${folder}/${Deno.pid}.notes`, `${event} ${id} ${Date.now()}\n`, { append: true });
}

/** Whether the test lets the task `id` end, in all processes or in this one. */
export function mayEnd(folder: string, id: string): boolean {
  return existsSync(`${folder}/${id}.go`) || existsSync(`${folder}/${id}.${Deno.pid}.go`);
}

/** Waits for `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
