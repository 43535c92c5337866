/**
 * Makes programs with `deno compile`, and runs them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { RunResult } from "./run_jug.ts";

/** Tests can get a base program only for this platform. */
export const canCompile = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

const root = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

/** A Deno executable, and the base program of the same version. */
export interface CompilePair {
  readonly deno: string;
  readonly denort: string;
}

/** Returns the pair that `tests/tools/denort` prints. */
export async function compilePair(): Promise<CompilePair> {
  const script = fileURLToPath(new URL("../tools/denort", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(script).output();
  const [, deno, denort] = /^COMPILE_DENO='(.*)'; DENORT_BIN='(.*)'; export/.exec(decoder.decode(stdout)) ?? [];
  if (success && deno !== undefined && denort !== undefined) return { deno, denort };
  throw new Error(`no pair to compile with:\n${decoder.decode(stderr)}`);
}

/** Runs tools/compile.ts, which writes the program to `folder`. Returns its output. */
export async function compileJug({ deno, denort }: CompilePair, folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(deno, {
    args: ["run", "-A", "--quiet", "tools/compile.ts", "--to", folder, ...args],
    cwd: root,
    env: { DENORT_BIN: denort, NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

/** Starts a program in `cwd`, with an empty environment: no DENO_DIR and no cache of the user. */
export function startProgram(program: string, args: readonly string[], cwd: string): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { HOME: cwd, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits until a process ends, and returns its exit status and output. */
export async function resultOf(child: Deno.ChildProcess): Promise<RunResult> {
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
