/**
 * Sends what a task prints where it belongs: into its log, and to the coordinator for the terminal. What the jugfile prints
 * at top level is shown from one worker only.
 *
 * @module
 */
import { currentContext, currentTask } from "../../core/session/session.ts";
import { Attempt } from "./attempt.ts";
import { CapturedConsole, CONSOLE_METHODS, type Print } from "./captured_console.ts";

/** What becomes of that which no task prints. */
export interface TopLevelOutput {
  /** Whether it is shown. */
  readonly showsTopLevel: boolean;
  /** Shows it, where somebody draws on the terminal and must know. Where it is missing, it is written as ever. */
  readonly tell: Print | undefined;
}

/** Replaces the methods of `console`. */
export function captureConsole({ showsTopLevel, tell }: TopLevelOutput): void {
  // Groups, counts and timers of one task are nothing to another, even where both run at once.
  const consoles = new WeakMap<Attempt, CapturedConsole>();
  const topLevel = tell === undefined ? undefined : new CapturedConsole(tell);
  const consoleOf = (attempt: Attempt): CapturedConsole => {
    const there = consoles.get(attempt);
    if (there !== undefined) return there;
    const made = new CapturedConsole(attempt.print.bind(attempt));
    consoles.set(attempt, made);
    return made;
  };
  for (const name of CONSOLE_METHODS) {
    const original: unknown = Reflect.get(console, name);
    if (typeof original !== "function") continue;
    Reflect.set(console, name, (...data: unknown[]) => {
      const context = currentContext();
      if (!(context instanceof Attempt) && !showsTopLevel && currentTask() === undefined) return;
      const captured = context instanceof Attempt ? consoleOf(context) : topLevel;
      if (captured === undefined) Reflect.apply(original, console, data);
      else captured[name](...data);
    });
  }
}
