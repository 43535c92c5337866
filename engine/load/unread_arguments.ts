/**
 * Reports arguments that the jugfile did not read: `jug status a.ts b.ts` shows only the tasks of a.ts.
 *
 * @module
 */
import type { Session } from "../../core/session/session.ts";

/** Returns the note about unread arguments of a loaded jugfile; `undefined` if there are none. */
export function unreadArgumentsNote({ jugfile, args, readArguments }: Session): string | undefined {
  if (readArguments === undefined) return undefined;
  const unread = args.filter((_, index) => !readArguments.has(index));
  if (unread.length === 0) return undefined;
  const which = unread.map((arg) => JSON.stringify(arg)).join(", ");
  return `${jugfile ?? "the jugfile"} did not read its argument${unread.length === 1 ? "" : "s"} ${which}`;
}
