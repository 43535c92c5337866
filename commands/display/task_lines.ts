/**
 * What tasks print, cut into lines for a terminal, each of which says whose it is.
 *
 * @module
 */

type Stream = "stdout" | "stderr";

/** An unended line is shown when it is this long. */
const MAX_PENDING = 8192;
const ESC = String.fromCharCode(27);
/** Escape sequences that move the cursor or erase; those that end in m only set colours. */
const MOVES = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-ln-~]|[78DEHMc])`, "g");
const RESET = `${ESC}[0m`;

/** Gathers text to lines. */
export class TaskLines {
  readonly #pending = new Map<string, { readonly stream: Stream; readonly label: string | undefined; text: string }>();

  /** The lines that are complete now, ready to be written; empty where there are none. */
  add(stream: Stream, text: string, label: string | undefined): string {
    const key = `${stream} ${label ?? ""}`;
    const lines = ((this.#pending.get(key)?.text ?? "") + text).split("\n");
    const last = lines.pop() ?? "";
    if (last.length > MAX_PENDING) lines.push(last);
    if (last === "" || last.length > MAX_PENDING) this.#pending.delete(key);
    else this.#pending.set(key, { stream, label, text: last });
    return lines.map((line) => prefixed(line, label)).join("");
  }

  /** The beginnings of lines that were never ended. */
  *rest(): Iterable<readonly [Stream, string]> {
    for (const { stream, label, text } of this.#pending.values()) yield [stream, prefixed(text, label)];
    this.#pending.clear();
  }
}

function prefixed(line: string, label: string | undefined): string {
  // A line that is written over again and again is shown as it stood in the end.
  const shown = line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
  const plain = shown.includes(ESC) ? shown.replace(MOVES, "") + RESET : shown;
  return label === undefined ? `${plain}\n` : `${label} | ${plain}\n`;
}
