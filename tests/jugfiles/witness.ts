/**
 * What the tasks of these jugfiles tell the test that watches them: a line for each event, appended to a file of their process.
 *
 * @module
 */
import { existsSync } from "node:fs";

/** Appends the line `event id time` (milliseconds since 1970) to this process's file in `folder`. */
export function note(folder: string, event: "begin" | "end", id: string): void {
  // One write to a file opened for appending: threads of one process do not cut into each other's lines.
  Deno.writeTextFileSync(`${folder}/${Deno.pid}.notes`, `${event} ${id} ${Date.now()}\n`, { append: true });
}

/** Whether the test lets the task `id` of this process end. */
export function mayEnd(folder: string, id: string): boolean {
  return existsSync(`${folder}/${id}.go`) || existsSync(`${folder}/${id}.${Deno.pid}.go`);
}

/** Waits a while, in milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
