/**
 * Arguments that a jugfile was given and did not look at: `jug status a.ts b.ts` shows the tasks of a.ts alone.
 *
 * @module
 */
import type { Session } from "../../core/session/session.ts";

/** What to say of them, once the jugfile is loaded; `undefined` where there are none. */
export function unreadArgumentsNote({ jugfile, args, readArguments }: Session): string | undefined {
  if (readArguments === undefined) return undefined;
  const unread = args.filter((_, index) => !readArguments.has(index));
  if (unread.length === 0) return undefined;
  const which = unread.map((arg) => JSON.stringify(arg)).join(", ");
  return `${jugfile ?? "the jugfile"} was loaded without a look at its argument${
    unread.length === 1 ? "" : "s"
  } ${which}`;
}
