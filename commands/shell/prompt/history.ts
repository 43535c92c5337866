/**
 * Keeps the inputs of earlier prompts in a file.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { CommandContext } from "../../cli/command.ts";

/** The number of inputs that are kept. */
export const HISTORY_SIZE = 1000;

/** Inputs of one or several lines, the latest first, as node:readline keeps them. */
export interface History {
  readonly inputs: readonly string[];
  add(input: string): void;
}

/** Begins an input of several lines, which is stored as JSON in one line. No valid input begins like this. */
const QUOTED = '\\"';

/**
 * Opens the history in `~/.local/state/jug/shell_history` (or below `XDG_STATE_HOME`), if Deno permits reading and
 * writing there. Otherwise the history is empty, and nothing is saved. Never prompts for a permission.
 */
export function openHistory(env: CommandContext["env"]): History {
  const path = historyPath(env);
  if (path === undefined || !isPermitted(path)) return { inputs: [], add: () => {} };
  const lines = readLines(path);
  if (lines.length > 2 * HISTORY_SIZE) tryWrite(path, lines.slice(-HISTORY_SIZE).join("\n") + "\n", false);
  return {
    inputs: lines.slice(-HISTORY_SIZE).reverse().map(decode),
    add: (input) => tryWrite(path, `${encode(input)}\n`, true),
  };
}

function encode(input: string): string {
  return /[\n\r]/.test(input) ? `\\${JSON.stringify(input)}` : input;
}

function decode(line: string): string {
  if (!line.startsWith(QUOTED)) return line;
  try {
    return String(JSON.parse(line.slice(1)));
  } catch {
    return line; // it was truncated, or is not JSON
  }
}

function historyPath(env: CommandContext["env"]): string | undefined {
  const state = env("XDG_STATE_HOME");
  if (state) return join(state, "jug", "shell_history");
  const home = env("HOME") ?? env("USERPROFILE");
  return home ? join(home, ".local", "state", "jug", "shell_history") : undefined;
}

function isPermitted(path: string): boolean {
  return (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: dirname(path) }).state === "granted"
  );
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch {
    return []; // the file does not exist yet, or cannot be read: the history is only a convenience
  }
}

function tryWrite(path: string, text: string, append: boolean): void {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text, { append, mode: 0o600 });
  } catch {
    // A full disk or a read-only home folder must not end the prompt.
  }
}
