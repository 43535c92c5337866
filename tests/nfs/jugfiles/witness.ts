/**
 * Reports to the test what ran: each process appends lines to a file of its own, in a folder that is not on NFS.
 *
 * @module
 */

/** Notes the beginning or end of a task. */
export type Note = (what: "begin" | "end", name: string) => void;

/** Returns a function that appends lines to a file in `folder`: event, name of the task, time, host, process id. */
export function witness(folder: string): Note {
  // Use a variable instead of the host name, since in some checks both hosts have the same name.
  const host = Deno.env.get("NFS_HOST") ?? "";
  return (what, name) => {
    const line = `${what} ${name} ${Date.now()} ${host} ${Deno.pid}\n`;
    Deno.writeTextFileSync(`${folder}/${host}-${Deno.pid}`, line, { append: true });
  };
}

/** Waits for `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
