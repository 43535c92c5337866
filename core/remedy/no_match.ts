/**
 * Creates the errors for a pattern that matches no task, and for a jugfile without tasks. Loaded only in these cases.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { comparable, didYouMean } from "./nearest.ts";
import type { TaskPattern } from "../pattern.ts";

/** The maximum number of names in a message. */
const SHOWN = 10;

/**
 * Returns the error for a pattern that matches none of the tasks called `names`.
 *
 * @param more A clause for the message, if there may be further tasks. Default: none.
 */
export function noMatchError({ text }: Pick<TaskPattern, "text">, names: Iterable<string>, more?: string): JugError {
  const known = [...new Set(names)];
  if (known.length === 0) {
    return new JugError("usage", `no task matches ${text}`, { remedy: `The jugfile declares none${and(more)}` });
  }
  const nearest = text.startsWith("/") ? "" : didYouMean(text, comparable(text, known));
  const shown = known.slice(0, SHOWN).join(", ") + (known.length > SHOWN ? ", …" : "");
  return new JugError("usage", `no task matches ${text}`, { remedy: `${nearest}There are tasks ${shown}${and(more)}` });
}

function and(more: string | undefined): string {
  return more === undefined ? "" : `; ${more}`;
}

/** Returns the error for a jugfile without tasks. A generator that is never called declares none. */
export function noTasksError(jugfile: string): JugError {
  return new JugError("usage", `${jugfile} declares no tasks`, {
    remedy: "Call the function that TaskGenerator returned: each call declares a task",
  });
}
