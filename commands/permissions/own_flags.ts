/**
 * The flags of this process that say how modules are found.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Flags such as `--config`, which hold for a process that this one starts, too. Empty where they cannot be read. */
export function ownFlags(): string[] {
  let words: string[];
  try {
    words = readFileSync("/proc/self/cmdline", "utf8").split("\0");
  } catch {
    return []; // not on this system: what Deno finds by itself has to do
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
