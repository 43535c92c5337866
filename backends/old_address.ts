/**
 * Translates addresses in the notation of Python's jug.
 *
 * @module
 */

/**
 * `dict_store:FILE` keeps everything in memory and saves it at the end; `file_keepalive:FOLDER` is a folder whose locks
 * expire.
 */
const SCHEMES: readonly (readonly [old: RegExp, ours: string])[] = [
  [/^dict_store(?::|$)/, "memory:"],
  // All locks expire here.
  [/^file_keepalive:/, ""],
];

/** Translates an address of Python's jug; returns any other address unchanged. */
export function modernAddress(address: string): string {
  for (const [old, ours] of SCHEMES) if (old.test(address)) return address.replace(old, ours);
  return address;
}

/** Returns a note for the user if a jugdir is in the notation of Python's jug. */
export function oldAddressNote(jugdir: string): string | undefined {
  const modern = modernAddress(jugdir);
  // These addresses hold no password, so they can be shown.
  if (modern !== jugdir) return `the jugdir ${jugdir} of Python's jug means ${modern} here`;
  if (!/%\((jugfile|date)\)s/.test(jugdir)) return undefined;
  return "%(jugfile)s and %(date)s in a jugdir mean {jugfile} and {date} here";
}
