/**
 * The output streams of a command.
 *
 * @module
 */

/** The two output streams, and the terminal that they may be connected to. */
export interface Streams {
  /** Whether stdout is a terminal. */
  readonly liveStdout: boolean;
  /** Whether stderr is a terminal. Live progress is shown only there. */
  readonly liveStderr: boolean;
  /** Whether to use colours on each stream: by default on a terminal, unless `NO_COLOR` is set. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Returns the size of the terminal; `undefined` if there is none. */
  terminalSize(): { readonly columns: number; readonly rows: number } | undefined;
  /** Writes text to stdout unchanged. */
  stdout(text: string): void;
  /** Returns whether somebody may still read stdout: false once writing has shown that the reader is gone. */
  isStdoutOpen(): boolean;
  /** Writes text to stderr unchanged, even if the verbosity is "quiet". */
  stderr(text: string): void;
}
