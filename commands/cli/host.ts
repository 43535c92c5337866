/**
 * The process that jug runs in: its streams, environment and clock. Tests pass one of their own.
 *
 * @module
 */

/** What the command line asks of its process. */
export interface Host {
  /** Writes the whole text before it returns, so that nothing is lost when the process exits. */
  stdout(text: string): void;
  /** As `stdout`, for stderr. */
  stderr(text: string): void;
  readonly liveStdout: boolean;
  readonly liveStderr: boolean;
  /** Whether colours are wanted on each stream. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** How large the terminal is; `undefined` where there is none. */
  terminalSize(): { readonly columns: number; readonly rows: number } | undefined;
  /** Whether this file or folder may be read. Never prompts. */
  mayRead(path: string): boolean;
  /** An environment variable, `undefined` where it is not set or may not be asked. */
  env(name: string): string | undefined;
  /** Whether somebody sits at a terminal and can be asked. */
  readonly canAsk: boolean;
  /** Asks there, and answers whether the answer was yes. */
  confirm(question: string): boolean;
  now(): Date;
}

/** The real process. Nothing here asks for a permission: what was not granted is done without. */
export function denoHost(): Host {
  const live = { stdout: Deno.stdout.isTerminal(), stderr: Deno.stderr.isTerminal() };
  return {
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
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

/** On a terminal, or where `FORCE_COLOR` asks for them; not where `NO_COLOR` is set, which Deno tells without permission. */
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

/** Not the global `confirm`: that writes to stdout, which may go to a file. */
function confirm(question: string): boolean {
  writeAll(Deno.stderr, `${question} [y/N] `);
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

function writeAll(stream: SyncWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // The reader has gone, as in `jug status | head -1`: nobody wants the rest.
      if (error instanceof Deno.errors.BrokenPipe) return;
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      // A pipe that another process made non-blocking is full: give its reader a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
