/**
 * `jug shell` at its prompt in a real terminal.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { withTempDir } from "../temp_dir.ts";
import { type Terminal, withTerminal } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

const JUGFILE = `import { barrier, TaskGenerator, value } from "jug";
const isPrime = TaskGenerator(async function isPrime(n: number): Promise<boolean> {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return await Promise.resolve(false);
  return true;
});
export const primes10 = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(isPrime);
await barrier();
export const howMany = (await value(primes10)).filter(Boolean).length;
`;

/** Calls `use` with a folder that contains primes.ts. */
export function withPrimes(use: (folder: string) => Promise<void>): Promise<void> {
  return withTempDir(async (folder) => {
    await Deno.writeTextFile(`${folder}/primes.ts`, JUGFILE);
    await use(folder);
  });
}

/** Calls `use` with a shell at its prompt, in a folder that contains primes.ts. */
export function withShell(use: (terminal: Terminal, folder: string) => Promise<void>): Promise<void> {
  return withPrimes((folder) => openShell(folder, (terminal) => use(terminal, folder)));
}

/**
 * Calls `use` with a shell at its prompt. `permissions`: flags for Deno; `wrapper`: a command that starts the shell.
 */
export function openShell<Result>(
  folder: string,
  use: (terminal: Terminal) => Promise<Result>,
  permissions: readonly string[] = ["-A"],
  wrapper: readonly string[] = [],
): Promise<Result> {
  const command = [...wrapper, Deno.execPath(), "run", ...permissions, "--quiet", CLI, "shell", "primes.ts"];
  return withTerminal(command, { cwd: folder, env: { XDG_STATE_HOME: folder, NO_COLOR: "1" } }, async (terminal) => {
    await terminal.shows(/^jug> *$/m);
    return await use(terminal);
  });
}

/** Types a line, and waits until the screen matches `shows`. */
export async function enter(terminal: Terminal, line: string, shows: RegExp): Promise<void> {
  await terminal.type(line);
  await terminal.press("Enter");
  await terminal.shows(shows);
}
