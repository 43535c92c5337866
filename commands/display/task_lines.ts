/**
 * Splits the output of tasks into lines for a terminal, each with the label of its task.
 *
 * @module
 */

type Stream = "stdout" | "stderr";

/** An incomplete line is shown once it is longer than this, in characters. */
const MAX_PENDING = 8192;
const ESC = String.fromCharCode(27);
/** Escape sequences that move the cursor or erase. Those that end in "m" set colours only, and stay. */
const MOVES = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-ln-~]|[78DEHMc])`, "g");
const RESET = `${ESC}[0m`;

/** Collects text into lines, separately for each stream and label. */
export class TaskLines {
  readonly #pending = new Map<string, { readonly stream: Stream; readonly label: string | undefined; text: string }>();

  /** Adds text and returns the lines that are now complete, ready to be written; empty if there are none. */
  add(stream: Stream, text: string, label: string | undefined): string {
    const key = `${stream} ${label ?? ""}`;
    const lines = ((this.#pending.get(key)?.text ?? "") + text).split("\n");
    const last = lines.pop() ?? "";
    if (last.length > MAX_PENDING) lines.push(last);
    if (last === "" || last.length > MAX_PENDING) this.#pending.delete(key);
    else this.#pending.set(key, { stream, label, text: last });
    return lines.map((line) => prefixed(line, label)).join("");
  }

  /** Returns the incomplete lines, and forgets them. */
  *rest(): Iterable<readonly [Stream, string]> {
    for (const { stream, label, text } of this.#pending.values()) yield [stream, prefixed(text, label)];
    this.#pending.clear();
  }
}

function prefixed(line: string, label: string | undefined): string {
  // Show only the final state of a line that was overwritten with carriage returns.
  const shown = line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
  const plain = shown.includes(ESC) ? shown.replace(MOVES, "") + RESET : shown;
  return label === undefined ? `${plain}\n` : `${label} | ${plain}\n`;
}
