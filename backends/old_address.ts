/**
 * Addresses as Python's jug writes them, in the words of ours.
 *
 * @module
 */

/** `dict_store:FILE` keeps everything in memory and saves it at the end; `file_keepalive:FOLDER` is a folder whose locks lapse. */
const SCHEMES: readonly (readonly [old: RegExp, ours: string])[] = [
  [/^dict_store(?::|$)/, "memory:"],
  // Every lock of ours lapses.
  [/^file_keepalive:/, ""],
];

/** The address that an address of Python's jug means; any other stays as it is. */
export function modernAddress(address: string): string {
  for (const [old, ours] of SCHEMES) if (old.test(address)) return address.replace(old, ours);
  return address;
}

/** What to say of a jugdir that is written as Python's jug writes it. */
export function oldAddressNote(jugdir: string): string | undefined {
  const modern = modernAddress(jugdir);
  // Those have no password in them that must not be shown.
  if (modern !== jugdir) return `the jugdir ${jugdir} of Python's jug means ${modern} here`;
  if (!/%\((jugfile|date)\)s/.test(jugdir)) return undefined;
  return "%(jugfile)s and %(date)s in a jugdir mean {jugfile} and {date} here";
}
