/**
 * Finds the flags of this process that determine how Deno finds modules.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Returns flags such as `--config`, to pass on to processes that this one starts. Empty if they cannot be read. */
export function ownFlags(): string[] {
  let words: string[];
  try {
    words = readFileSync("/proc/self/cmdline", "utf8").split("\0");
  } catch {
    return []; // not available on this system: rely on what Deno finds without flags
  }
  const isTaken = (word: string) =>
    /^--(config|import-map|lock|reload|node-modules-dir|cached-only|unstable|cert|no-)/.test(word);
  const flags: string[] = [];
  for (let at = words.indexOf("run") + 1; at > 0 && words[at]?.startsWith("-") === true; at++) {
    const word = words[at] ?? "";
    if (!isTaken(word)) continue;
    flags.push(word);
    const isPair = /^--(config|import-map)$/.test(word);
    if (isPair) flags.push(words[++at] ?? "");
  }
  return flags.filter((flag) => flag !== "--no-prompt");
}
