/**
 * Redirects console output: that of a task goes into its log, and to the coordinator for the terminal. Only one worker
 * shows what the top level of the jugfile prints.
 *
 * @module
 */
import { currentContext, currentTask } from "../../core/session/session.ts";
import { Attempt } from "./attempt.ts";
import { CapturedConsole, CONSOLE_METHODS, type Print } from "./captured_console.ts";

/** What to do with output that comes from no task. */
export interface TopLevelOutput {
  /** Whether this output is shown. */
  readonly showsTopLevel: boolean;
  /** Shows this output, if it must not be written to the terminal directly. `undefined`: it is printed as usual. */
  readonly tell: Print | undefined;
}

/** Replaces the methods of `console`. */
export function redirectConsole({ showsTopLevel, tell }: TopLevelOutput): void {
  // Each attempt has its own groups, counts and timers, even if several run at once.
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
