/**
 * The worker processes of a launch on this machine.
 *
 * @module
 */
import { PS } from "../../commands/launch/adapters/start_script.ts";
import type { ProcessEntry } from "../../backends/backend.ts";
import { openBackend } from "../../backends/open.ts";
import { listProcesses } from "../../backends/optional_parts.ts";

/** Returns the process numbers of the workers with this name, by the ids of their jobs. */
export function workerPids(name: string): ReadonlyMap<string, number> {
  const [program, ...args] = PS;
  const { stdout } = new Deno.Command(program, { args }).outputSync();
  const found = new Map<string, number>();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const [, pid, id] = /^\s*(\d+)\s.*\sexecute --job jug-[0-9a-f]{10}:(\S+) /.exec(line) ?? [];
    if (pid !== undefined && id !== undefined && line.includes(` --job ${name}:`)) found.set(id, Number(pid));
  }
  return found;
}

/** Returns the processes that have joined the jugdir. */
export async function joinedProcesses(address: string): Promise<ProcessEntry[]> {
  const backend = await openBackend(address);
  try {
    return (await Array.fromAsync(listProcesses(backend))).flat();
  } finally {
    await backend.close();
  }
}
