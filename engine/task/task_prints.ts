/**
 * Captures the output of tasks that run in the user's own thread, such as that of a script: it goes into their logs,
 * and is shown as usual.
 *
 * @module
 */
import { runInSession, type Session } from "../../core/session/session.ts";
import { redirectConsole } from "./console_redirect.ts";

let captured: unknown;

/**
 * Makes the output of tasks go into their logs; other output is printed as usual. Captures again if other code has
 * restored `console.log`.
 */
export function keepPrints(): void {
  if (console.log === captured) return;
  redirectConsole({ showsTopLevel: true, tell: undefined });
  captured = console.log;
}

/**
 * Shows lines outside the context of the running task, so that they are not captured again: its log has them already.
 */
export function showPrint(session: Session, stream: "stdout" | "stderr", text: string): void {
  const print = stream === "stdout" ? console.log : console.error;
  runInSession(session, () => print("%s", text.replace(/\n$/, "")));
}
