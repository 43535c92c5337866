/**
 * Runs commands in the test's own process on a jugdir whose jugfile cannot be loaded.
 *
 * @module
 */
import type { Backend, RunInfo } from "../../backends/backend.ts";
import { memoryBackend } from "../../backends/memory.ts";
import type { Command, CommandContext, OptionValues } from "../../commands/cli/command.ts";
import { exitStatus, outcomeOfError } from "../../commands/cli/outcome.ts";
import { JugError } from "../../core/errors.ts";
import { hashesOf, lockOf, newOwner } from "../backends/backend_contract.ts";
import { fakeHost } from "./fake_host.ts";

/** What a command wrote, and its exit status. */
export interface Written {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The length of the longest text that was written at once. */
  readonly longest: number;
}

/** Why the jugfile cannot be loaded. */
export const BROKEN = "primes.ts could not be loaded\n  SyntaxError: no module\n    at primes.ts:1:1";

/** Runs a command on `backend`, which it closes. */
export async function runOnJugdir(command: Command, backend: Backend, values: OptionValues = {}): Promise<Written> {
  const host = fakeHost();
  let longest = 0;
  const context: CommandContext = {
    ...host,
    stdout(text) {
      longest = Math.max(longest, text.length);
      host.stdout(text);
    },
    jugfile: "primes.ts",
    jugdir: backend.address,
    args: [],
    verbosity: "info",
    say: (line) => host.stderr(`${line}\n`),
    debug: () => {},
    inspect: () => Promise.reject(new JugError("jugfile", BROKEN)),
    openBackend: () => Promise.resolve(backend),
  };
  const outcome = await command.prepare(values)(context).catch(outcomeOfError);
  if (outcome.kind === "bug") throw outcome.error;
  if (outcome.kind === "refused") host.stderr(`${outcome.error.message}\n`);
  return { code: exitStatus(outcome), ...host.written, longest };
}

/** A run for {@linkcode jugdirWith}. */
export interface MadeRun extends Partial<RunInfo> {
  readonly hasFailed?: boolean;
}

/** Returns a memory store with these runs, whose tasks have the hashes `hashesOf(…)` in this order. */
export async function jugdirWith(runs: readonly MadeRun[]): Promise<Backend> {
  const backend = memoryBackend();
  const owner = newOwner();
  await backend.join(owner);
  const locks = (await backend.claim(hashesOf(runs.length), { owner, thread: 0 })).map(lockOf);
  const bytes = new Uint8Array(10);
  for (const [i, { hasFailed = false, ...run }] of runs.entries()) {
    const lock = locks[i];
    if (lock === undefined) throw new RangeError("a task was not claimed");
    const info = { name: "primes.isPrime", start: 1000, finish: 2000, worker: "node7:4894.0", ...run };
    if (hasFailed) await backend.fail([{ lock, bytes, info }]);
    else await backend.complete([{ hash: lock.hash, bytes, lock, info }]);
  }
  return backend;
}
