/**
 * Tells the test what ran: a line each in a file of the process's own, in a folder that is not on NFS.
 *
 * @module
 */

/** What a task says of itself. */
export type Note = (what: "begin" | "end", name: string) => void;

/** A witness that writes into `folder`: what, the task's name, when, the host, the process. */
export function witness(folder: string): Note {
  // Not the host's name: there are checks in which both hosts have the same.
  const host = Deno.env.get("NFS_HOST") ?? "";
  return (what, name) => {
    const line = `${what} ${name} ${Date.now()} ${host} ${Deno.pid}\n`;
    Deno.writeTextFileSync(`${folder}/${host}-${Deno.pid}`, line, { append: true });
  };
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
