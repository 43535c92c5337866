/**
 * Sessions of a test's own, in its process: what a script without the command line has.
 *
 * @module
 */
import { createSession, runInSession, type Session } from "../../core/session/session.ts";
import { execute } from "../../engine/api/program.ts";

/**
 * Calls `use` in a new session, whose tasks it may run by `execute()`.
 *
 * @param jugdir Where results are; in memory without it, and gone afterwards.
 */
export async function inSession<R>(use: (session: Session) => R | Promise<R>, jugdir = "memory:"): Promise<R> {
  const session = createSession({ jugdir });
  return await runInSession(session, () => use(session));
}

/** Runs all that is declared, and refuses anything but a complete run. */
export async function executeAll(): Promise<number> {
  const { executed, failures, isComplete } = await execute();
  if (!isComplete) throw new Error(`not all tasks were run: ${JSON.stringify(failures)}`);
  return executed;
}

/** The names of a session's tasks, each once, with how many there are of it. */
export function namesOf(session: Session): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of session.tasks.values()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
