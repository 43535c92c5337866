/**
 * Explains load failures that occur only in programs made by `deno compile`, from the loader's errors.
 *
 * @module
 */
import type { ErrorReport } from "../results/error_report.ts";

/** The running program. */
export interface Program {
  /** Whether `deno compile` made it. */
  readonly isCompiled: boolean;
  /** The version of Deno in it. */
  readonly deno: string;
}

const THIS_PROGRAM: Program = { isCompiled: Deno.build.standalone, deno: Deno.version.deno };

/** Whether the program can load TypeScript jugfiles. Compiled programs can since Deno 2.8.2. */
export function readsTypeScript({ isCompiled, deno }: Program = THIS_PROGRAM): boolean {
  const [major = 0, minor = 0, patch = 0] = deno.split(/[.+-]/).map(Number);
  return !isCompiled || major > 2 || (major === 2 && (minor > 8 || (minor === 8 && patch >= 2)));
}

/**
 * Returns what happened and what to do, if the loader of a compiled program caused the error; otherwise `undefined`.
 */
export function compiledLoaderFault(
  { name, message }: Pick<ErrorReport, "name" | "message">,
  program: Program = THIS_PROGRAM,
): string | undefined {
  if (!program.isCompiled) return undefined;
  const remote = /Module not found: (https?:\S+)/.exec(message)?.[1];
  if (remote !== undefined) {
    return `a compiled program cannot fetch modules: ${remote}\n` +
      `  Write import … from "jug", which this program includes, or run the jugfile with deno`;
  }
  const source = /at ((?:file|https?):\S+\.[cm]?tsx?):\d+:\d+/.exec(message)?.[1];
  if (name !== "SyntaxError" || source === undefined || readsTypeScript(program)) return undefined;
  return `this program, compiled with Deno ${program.deno}, cannot read TypeScript: ${source}\n` +
    "  Write it in JavaScript, compile jug with Deno 2.8.2 or later, or run the jugfile with deno";
}
