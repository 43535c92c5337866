/**
 * Runs code in a session within the test's process, as in a script without the command line.
 *
 * @module
 */
import { createSession, runInSession, type Session } from "../../core/session/session.ts";
import { execute } from "../../engine/api/program.ts";

/**
 * Calls `use` in a new session, in which it may run the tasks by `execute()`.
 *
 * @param jugdir The address of the jugdir. Default: in memory, for this call only.
 */
export async function inSession<R>(use: (session: Session) => R | Promise<R>, jugdir = "memory:"): Promise<R> {
  const session = createSession({ jugdir });
  return await runInSession(session, () => use(session));
}

/** Runs all declared tasks. Throws if the run is not complete. */
export async function executeAll(): Promise<number> {
  const { executed, failures, isComplete } = await execute();
  if (!isComplete) throw new Error(`not all tasks were run: ${JSON.stringify(failures)}`);
  return executed;
}

/** Returns the names of a session's tasks, with the number of tasks of each name. */
export function namesOf(session: Session): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of session.tasks.values()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
