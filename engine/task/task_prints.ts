/**
 * What tasks print, where they run in the thread that their user looks at: into their logs, and shown as ever.
 *
 * @module
 */
import { runInSession, type Session } from "../../core/session/session.ts";
import { captureConsole } from "./console_capture.ts";

let captured: unknown;

/** Has what tasks print go into their logs; all else is printed as ever. Whoever replaced `console.log` may have put it back. */
export function keepPrints(): void {
  if (console.log === captured) return;
  captureConsole({ showsTopLevel: true, tell: undefined });
  captured = console.log;
}

/** Shows lines outside the task that runs, whose log has them already. */
export function showPrint(session: Session, stream: "stdout" | "stderr", text: string): void {
  const print = stream === "stdout" ? console.log : console.error;
  runInSession(session, () => print("%s", text.replace(/\n$/, "")));
}
