/**
 * What is said where a pattern means no task, or where there is none. Loaded for that only.
 *
 * @module
 */
import { JugError } from "../errors.ts";
import { comparable, didYouMean } from "./nearest.ts";
import type { TaskPattern } from "../pattern.ts";

/** So many names are shown. */
const SHOWN = 10;

/** The error for a pattern that means none of the tasks called `names`. `more` says that there may be others. */
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

/** The error for a jugfile without tasks: a generator alone is none. */
export function noTasksError(jugfile: string): JugError {
  return new JugError("usage", `${jugfile} declares no tasks`, {
    remedy: "Call what TaskGenerator returned: each call is a task",
  });
}
