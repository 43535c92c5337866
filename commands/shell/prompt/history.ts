/**
 * What was typed at earlier prompts.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { CommandContext } from "../../cli/command.ts";

/** How many inputs are kept. */
export const HISTORY_SIZE = 1000;

/** Inputs, of one line or several, the latest first, as node:readline has them. */
export interface History {
  readonly inputs: readonly string[];
  add(input: string): void;
}

/** Begins an input of several lines, which is kept as JSON in one. No input that can be run begins so. */
const QUOTED = '\\"';

/**
 * The history in `~/.local/state/jug/shell_history` (or below `XDG_STATE_HOME`), where reading and writing there is
 * permitted; nothing is asked for. Otherwise each prompt begins without.
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
    return line; // it was cut short, or is no more than it looks
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
    return []; // there is none yet, or it cannot be read: a convenience only
  }
}

function tryWrite(path: string, text: string, append: boolean): void {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text, { append, mode: 0o600 });
  } catch {
    // A full disk or a home that is read-only must not end the prompt.
  }
}
