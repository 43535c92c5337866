/**
 * What was typed at this prompt so far: places in stacks are told as places in it.
 *
 * @module
 */
import { errorText, reportError } from "../../../engine/store/error_report.ts";
import { compile, type ReadyInput } from "./compile.ts";

/** What became of an input that was not run. */
export type NotReady =
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** A frame of code that was typed: where in the generated code of which input. */
const FRAME = /^at (?:async )?(?:(.+) \()?prompt:\/\/input-(\d+)\/script\b[^)]*?:(\d+):(\d+)\)?$/;

/** What V8 calls a function of the scope that inputs run in. */
const PROXY = /^at (?:Proxy|Object)\./;

const INDENT = "    ";
/** Characters that take two columns. */
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{ff00}-\u{ff60}\p{Emoji_Presentation}]/u;

/** The inputs of one prompt. */
export class Inputs {
  readonly #inputs: { readonly text: string; readonly ready: ReadyInput }[] = [];

  /** Makes `text` ready to be run; answers what is wrong with it where it cannot be. */
  async compile(text: string): Promise<ReadyInput | NotReady> {
    const compiled = await compile(text, `prompt://input-${this.#inputs.length}/script`);
    if (compiled.kind === "incomplete") return compiled;
    if (compiled.kind === "ready") {
      this.#inputs.push({ text, ready: compiled });
      return compiled;
    }
    const { message, at } = compiled;
    return { kind: "error", text: `SyntaxError: ${message}${at === undefined ? "" : `\n${caretText(text, at)}`}` };
  }

  /** What is to be said of what an input threw: of what was typed, the line and a caret. */
  errorText(thrown: unknown): string {
    const report = reportError(thrown);
    const frames: string[] = [];
    let caret: string | undefined;
    for (const frame of report.frames) {
      const [, name, index, line, column] = FRAME.exec(frame) ?? [];
      if (line === undefined) {
        frames.push(frame.replace(PROXY, "at "));
        continue;
      }
      const input = this.#inputs[Number(index)];
      const at = input?.ready.placeOf(Number(line), Number(column));
      if (input === undefined || at === undefined) continue;
      caret ??= caretText(input.text, at);
      // The code at the top has no name of its own.
      if (name !== undefined && !/(^|\.)eval\b/.test(name)) {
        frames.push(`at ${name} (typed here)`.replace(PROXY, "at "));
      }
    }
    const lines = [errorText({ ...report, frames: [] }), ...frames.map((frame) => `    ${frame}`)];
    if (caret !== undefined) lines.splice(1, 0, caret);
    return lines.join("\n");
  }
}

/** The line of `text` that `at` is in, and a caret; which line it is where there are several. */
function caretText(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)?.length ?? 0;
  const line = text.split("\n")[before.length - 1] ?? "";
  const number = text.includes("\n") ? `line ${before.length}: ` : "";
  // Tabs stay, and wide characters get two columns in a monospaced font whatever is below them.
  const blank = (number + line.slice(0, column)).replaceAll(/[^\t]/gu, (char) => WIDE.test(char) ? "  " : " ");
  return `${INDENT}${number}${line}\n${INDENT}${blank}^`;
}
