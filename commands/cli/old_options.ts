/**
 * Options of Python's jug that have no effect here. They are accepted, so that scripts go on, and a note says what holds.
 *
 * @module
 */

/** An option that is passed over. */
export interface OldOption {
  readonly flags: string;
  /** The only subcommand that takes it; every one that takes a jugfile where it is missing. */
  readonly command?: string;
  /** What holds instead. */
  readonly note: string;
}

const NO_CACHE = "status looks at the jugdir itself each time, and needs no cache";

/** Every one. */
export const OLD_OPTIONS: readonly OldOption[] = [
  { flags: "--will-cite", note: "jug for Deno does not ask for a citation" },
  { flags: "--aggressive-unload", note: "--cache-size of execute says how much of the results stays in memory" },
  { flags: "--cache", command: "status", note: NO_CACHE },
  { flags: "--cache-file <file>", command: "status", note: NO_CACHE },
  { flags: "--clear", command: "status", note: NO_CACHE },
];

/** The levels of Python's logging, which `--verbose` takes there, in the words of ours. */
export const OLD_LEVELS: Readonly<Record<string, string>> = {
  critical: "quiet",
  error: "quiet",
  warning: "quiet",
};
