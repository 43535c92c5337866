/**
 * The process that jug runs in: its streams, environment and clock. Tests use their own implementation.
 *
 * @module
 */

/** What the command line needs from its process. */
export interface Host {
  /** Writes the whole text to stdout before it returns, so that nothing is lost when the process exits. */
  stdout(text: string): void;
  /** Returns whether somebody may still read stdout: false once writing has shown that the reader is gone. */
  isStdoutOpen(): boolean;
  /** Like `stdout`, for stderr. */
  stderr(text: string): void;
  /** Like `stdout`, for a file that is no text. */
  stdoutBytes(bytes: Uint8Array): void;
  /** Whether stdout is a terminal. */
  readonly liveStdout: boolean;
  /** Whether stderr is a terminal. */
  readonly liveStderr: boolean;
  /** Whether colours are wanted on each stream. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Returns the size of the terminal; `undefined` if there is none. */
  terminalSize(): { readonly columns: number; readonly rows: number } | undefined;
  /** Whether Deno allows reading this file or folder. Never prompts. */
  mayRead(path: string): boolean;
  /** Returns an environment variable; `undefined` if it is not set or may not be read. Never prompts. */
  env(name: string): string | undefined;
  /** Whether a user at a terminal can be asked a question. */
  readonly canAsk: boolean;
  /** Asks a question at the terminal and returns whether the user answered yes. */
  confirm(question: string): boolean;
  /** Returns the current time. */
  now(): Date;
}

/** Returns the host for the real process. It never prompts for a permission: what Deno does not grant is absent. */
export function denoHost(): Host {
  const live = { stdout: Deno.stdout.isTerminal(), stderr: Deno.stderr.isTerminal() };
  let isStdoutOpen = true;
  return {
    stdout: (text) => {
      if (!writeText(Deno.stdout, text)) isStdoutOpen = false;
    },
    isStdoutOpen: () => isStdoutOpen,
    stderr: (text) => void writeText(Deno.stderr, text),
    stdoutBytes: (bytes) => {
      if (!writeAll(Deno.stdout, bytes)) isStdoutOpen = false;
    },
    liveStdout: live.stdout,
    liveStderr: live.stderr,
    color: { stdout: isColored(live.stdout), stderr: isColored(live.stderr) },
    terminalSize,
    env,
    mayRead: (path) => Deno.permissions.querySync({ name: "read", path }).state === "granted",
    canAsk: Deno.stdin.isTerminal() && Deno.stderr.isTerminal(),
    confirm,
    now: () => new Date(),
  };
}

function env(name: string): string | undefined {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  return permission.state === "granted" ? Deno.env.get(name) : undefined;
}

/**
 * Whether to use colours: on a terminal, unless `TERM` is "dumb". `FORCE_COLOR` overrides this, and `NO_COLOR`
 * overrides both. Deno reports `NO_COLOR` without a permission.
 */
function isColored(isTerminal: boolean): boolean {
  if (Deno.noColor || env("NO_COLOR")) return false;
  const forced = env("FORCE_COLOR");
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && env("TERM") !== "dumb";
}

function terminalSize(): { columns: number; rows: number } | undefined {
  try {
    return Deno.consoleSize();
  } catch {
    return undefined;
  }
}

/** Replaces the global `confirm`, which writes to stdout: stdout may be redirected to a file. */
function confirm(question: string): boolean {
  writeText(Deno.stderr, `${question} [y/N] `);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(256);
  let line = "";
  while (!line.includes("\n")) {
    const length = Deno.stdin.readSync(buffer);
    if (length === null) break;
    line += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return /^\s*y(es)?\s*$/i.test(line);
}

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

function writeText(stream: SyncWriter, text: string): boolean {
  return writeAll(stream, new TextEncoder().encode(text));
}

/** Writes all of it. Returns false if the reader is gone, as in `jug status | head -1`: the rest is dropped. */
function writeAll(stream: SyncWriter, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return false;
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      // The pipe is full, and another process made it non-blocking: wait 1 ms for the reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
