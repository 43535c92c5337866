/**
 * Where a command writes.
 *
 * @module
 */

/** The two streams, and the terminal that may be behind them. */
export interface Streams {
  /** Whether stdout is a terminal. */
  readonly liveStdout: boolean;
  /** Whether stderr is a terminal: colour and live progress make sense there only. */
  readonly liveStderr: boolean;
  /** Whether colours are wanted on each stream: on a terminal, and not where `NO_COLOR` is set. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** How large the terminal is; `undefined` where there is none. */
  terminalSize(): { readonly columns: number; readonly rows: number } | undefined;
  /** Writes a result to stdout, as it is. */
  stdout(text: string): void;
  /** Writes to stderr, as it is, even when quiet. */
  stderr(text: string): void;
}
