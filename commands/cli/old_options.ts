/**
 * Options of Python's jug that have no effect here. They are accepted, so that existing scripts work, and a note
 * explains what happens instead.
 *
 * @module
 */

/** An option that is ignored. */
export interface OldOption {
  readonly flags: string;
  /** The only subcommand that accepts it. Default: every subcommand that takes a jugfile. */
  readonly command?: string;
  /** What happens instead, for the message. */
  readonly note: string;
}

const NO_CACHE = "status reads the jugdir each time and needs no cache";

/** All ignored options. */
export const OLD_OPTIONS: readonly OldOption[] = [
  { flags: "--will-cite", note: "jug for Deno does not ask for a citation" },
  { flags: "--aggressive-unload", note: "--cache-size of execute limits how much of the results is kept in memory" },
  { flags: "--cache", command: "status", note: NO_CACHE },
  { flags: "--cache-file <file>", command: "status", note: NO_CACHE },
  { flags: "--clear", command: "status", note: NO_CACHE },
];

/** Maps the levels of Python's logging, which `--verbose` takes in Python's jug, to the levels used here. */
export const OLD_LEVELS: Readonly<Record<string, string>> = {
  critical: "quiet",
  error: "quiet",
  warning: "quiet",
};
