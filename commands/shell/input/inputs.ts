/**
 * Keeps the inputs of a prompt, so that positions in stack traces can be shown as positions in what the user typed.
 *
 * @module
 */
import { errorText, reportError } from "../../../engine/results/error_report.ts";
import { compile, type ReadyInput } from "./compile.ts";

/** The result for an input that cannot be run. */
export type NotReady =
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly text: string };

/** Matches a stack frame of typed code: the function's name, the input's index, and line and column in its code. */
const FRAME = /^at (?:async )?(?:(.+) \()?prompt:\/\/input-(\d+)\/script\b[^)]*?:(\d+):(\d+)\)?$/;

/** Matches the receiver that V8 shows for functions called from the scope object of inputs. */
const PROXY = /^at (?:Proxy|Object)\./;

const INDENT = "    ";
/** Characters that take two columns. */
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{ff00}-\u{ff60}\p{Emoji_Presentation}]/u;

/** The inputs of one prompt. */
export class Inputs {
  readonly #inputs: { readonly text: string; readonly ready: ReadyInput }[] = [];

  /** Compiles `text`. Returns why it cannot be run, if so. */
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

  /** Returns the message for something that an input threw. It shows the typed line with a caret, if known. */
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
      // Skip the frame of an input's top-level code, which has no name.
      if (name !== undefined && !/(^|\.)eval\b/.test(name)) {
        frames.push(`at ${name} (typed here)`.replace(PROXY, "at "));
      }
    }
    const lines = [errorText({ ...report, frames: [] }), ...frames.map((frame) => `    ${frame}`)];
    if (caret !== undefined) lines.splice(1, 0, caret);
    return lines.join("\n");
  }
}

/** Returns the line of `text` that contains `at`, with a caret below, and its number if there are several lines. */
function caretText(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)?.length ?? 0;
  const line = text.split("\n")[before.length - 1] ?? "";
  const number = text.includes("\n") ? `line ${before.length}: ` : "";
  // Keep tabs, and use two blanks for each wide character, so that the caret lines up in a monospaced font.
  const blank = (number + line.slice(0, column)).replaceAll(/[^\t]/gu, (char) => WIDE.test(char) ? "  " : " ");
  return `${INDENT}${number}${line}\n${INDENT}${blank}^`;
}
