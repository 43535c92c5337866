/**
 * What was typed at earlier prompts.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { CommandContext } from "../command.ts";

/** How many lines are kept. */
export const HISTORY_SIZE = 1000;

/** Lines typed, the latest first, as node:readline has them. */
export interface History {
  readonly lines: readonly string[];
  add(line: string): void;
}

/**
 * The history in `~/.local/state/jug/shell_history` (or below `XDG_STATE_HOME`), where reading and writing there is
 * permitted; nothing is asked for. Otherwise each prompt begins without.
 */
export function openHistory(env: CommandContext["env"]): History {
  const path = historyPath(env);
  if (path === undefined || !isPermitted(path)) return { lines: [], add: () => {} };
  const lines = readLines(path);
  if (lines.length > 2 * HISTORY_SIZE) tryWrite(path, lines.slice(-HISTORY_SIZE).join("\n") + "\n", false);
  return {
    lines: lines.slice(-HISTORY_SIZE).reverse(),
    add: (line) => tryWrite(path, `${line}\n`, true),
  };
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
